import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunContext } from '../environment/bench-environment.js';
import { Databases } from '../environment/databases.js';
import { createApiKey } from '../environment/fixtures.js';
import { product } from '../environment/programs.js';
import { ServerProcess } from '../environment/server-process.js';
import type { Peer } from './options.js';

const databaseName = 'promptyard_peers';

/** Starts the product with an empty database; the stack releases both. */
export async function startProduct(dataFolder: string, { stack, tell }: RunContext): Promise<Peer> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o755 });
  const databases = await Databases.open(join(dataFolder, 'database'), tell);
  stack.defer(() => databases.stop());
  const folder = mkdtempSync(join(dataFolder, 'run-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  await databases.create(databaseName);
  stack.defer(() => databases.drop(databaseName));
  const databaseUrl = databases.urlOf(databaseName);
  const server = await ServerProcess.start(product({ databaseUrl, dataDir: join(folder, 'data'), folder }));
  stack.defer(() => server.stop());
  return { url: server.url, token: await createApiKey(server.url) };
}
