import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEnvironment } from '../support/test-server.js';
import { RegistryClient } from './support/registry-client.js';
import { ServerProcess } from './support/server-process.js';
import { makeAdminKey } from './support/server-environment.js';

let database: TestDatabase;
let dataDirectory: string;
let servers: ServerProcess[];

beforeAll(async () => {
  database = await createTestDatabase('template0');
  dataDirectory = mkdtempSync(join(tmpdir(), 'promptyard-at-once-'));
  const environment = testEnvironment(database.url, dataDirectory);
  servers = Array.from({ length: 3 }, () => new ServerProcess(environment));
});
afterAll(async () => {
  for (const server of servers) await server.end();
  await database.drop();
  rmSync(dataDirectory, { recursive: true, force: true });
});

it('starts several servers at the same time on an empty database, with one administrator', async () => {
  const addresses = await Promise.all(servers.map((server) => server.ready()));
  expect(new Set(addresses).size).toBe(3);
  const messages = servers.filter(({ output }) => output.includes('first administrator'));
  expect(messages).toHaveLength(1);
  const { rows } = await database.pool.query(
    `select (select count(*)::int from account) as accounts, (select count(*)::int from owner where slug = 'workspace') as workspaces,
            (select count(*)::int from api_key) as keys, (select count(distinct name) = count(*) from migration) as once`,
  );
  expect(rows).toEqual([{ accounts: 1, workspaces: 1, keys: 1, once: true }]);
});

it('serves from each server what was written through another', async () => {
  const [first = '', ...others] = await Promise.all(servers.map((server) => server.ready()));
  const key = await makeAdminKey(first);
  await new RegistryClient(first, key).createPrompt('everywhere');
  for (const url of others) expect((await new RegistryClient(url, key).read('everywhere')).status).toBe(200);
});
