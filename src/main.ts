// First of all: what listens for the signal has to be there before the server is loaded.
import './restart-signal.js';
import { requireNode } from './common/require-node.js';

requireNode('promptyard');
const { runServer } = await import('./run-server.js');
runServer();
