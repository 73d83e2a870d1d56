import { requireNode } from './common/require-node.js';

requireNode('promptyard');
const { runServer } = await import('./run-server.js');
runServer();
