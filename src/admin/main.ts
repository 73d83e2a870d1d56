import { requireNode } from '@promptyard/node-version/require-node.js';

requireNode('promptyard-admin');
const { runAdmin } = await import('./run-admin.js');
await runAdmin();
