#!/usr/bin/env node
import { runTool } from './run-tool.js';

process.exitCode = await runTool(process.argv.slice(2), process.env, process);
