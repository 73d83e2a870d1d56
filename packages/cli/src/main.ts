#!/usr/bin/env node
import { requireNode } from '@promptyard/node-version/require-node.js';

requireNode('promptyard');
const { runTool } = await import('./run-tool.js');
process.exitCode = await runTool(process.argv.slice(2), process.env, process);
