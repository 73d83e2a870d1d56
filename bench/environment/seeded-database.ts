import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Databases } from './databases.js';
import { product } from './programs.js';
import { ServerProcess } from './server-process.js';
import { seed } from '../seed/corpus.js';
import { seedHistory } from '../seed/history.js';
import { seedManyTemplates } from '../seed/many-templates.js';

const root = join(import.meta.dirname, '..', '..');

/** The database that every run copies. It is created again when the schema or the seed has changed. */
export async function seededDatabase(
  databases: Databases,
  prompts: number,
  { folder, tell, signal }: { folder: string; tell: (message: string) => void; signal: AbortSignal },
): Promise<string> {
  const prefix = `promptyard_seeded_${prompts}_`;
  const name = `${prefix}${fingerprint()}`;
  const existing = await databases.list(prefix);
  if (existing.includes(name)) return name;
  for (const outdated of existing) await databases.drop(outdated);
  tell(`making ${prompts} prompts, once`);
  const draft = 'promptyard_seeding';
  await databases.create(draft);
  await createSchema(databases.urlOf(draft), folder);
  await databases.on(draft, async (client) => {
    await seed(client, prompts);
    signal.throwIfAborted();
    await seedHistory(client, prompts);
    await seedManyTemplates(client);
  });
  await databases.rename(draft, name);
  return name;
}

/** The product's first start creates the schema, the workspace and the admin. */
async function createSchema(databaseUrl: string, folder: string): Promise<void> {
  const server = await ServerProcess.start(product({ databaseUrl, dataDir: join(folder, 'seeding'), folder }));
  await server.stop();
}

function fingerprint(): string {
  const files = globSync(['src/database/migrations/*.ts', 'bench/seed/*.ts'], { cwd: root }).sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 12);
}
