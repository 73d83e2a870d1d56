// Imported first, because the signal handler has to be installed before the server is loaded.
import { requireNode } from '@promptyard/node-version/require-node.js';
import './app/restart-signal.js';

requireNode('promptyard');
await import('./app/unused-http-exports.js');
const { runServer } = await import('./app/run-server.js');
runServer(async () => (await import('./workers/start-workers.js')).startWorkers);
