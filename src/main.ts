// First of all: what listens for the signal has to be there before the server is loaded.
import { requireNode } from '@promptyard/node-version/require-node.js';
import './app/restart-signal.js';

requireNode('promptyard');
const { runServer } = await import('./app/run-server.js');
runServer();
