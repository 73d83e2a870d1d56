#!/usr/bin/env node
import { requireNode } from '@promptyard/node-version/require-node.js';

requireNode('promptyard');
const { runCli } = await import('./run-cli.js');
process.exitCode = await runCli(process.argv.slice(2), process.env, process);
