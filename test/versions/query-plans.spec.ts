import { jest } from '@jest/globals';
import { pendingDownloads, recordDownloads } from '../../src/analytics/downloads.queries.js';
import { PooledOrmConnection } from '../../src/database/connections/postgres-connection.js';
import { downloadableVersion, versionPage } from '../../src/versions/versions.queries.js';
import { call } from '../support/api.js';
import { planOf, rowsOf } from '../support/plans/query-plan.js';
import { startOpenTestServer, type OpenTestServer } from '../support/test-server.js';

// 100 000 prompts, and ten versions of each of the first thousand.
const seed = [
  'alter table prompt disable trigger user',
  `insert into prompt (id, owner_id, name, description, visibility, created_by)
   select gen_random_uuid(), a.id, 'seeded-' || n, 'Seeded.', 'public', a.id
   from generate_series(1, 100000) n, account a`,
  `insert into version (id, prompt_id, version, major, minor, patch, object_key, sha256, size, manifest, files, created_by,
                        created_at)
   select gen_random_uuid(), p.id, v || '.0.0', v, 0, 0, p.id || '/' || v, 'digest', 1, '{}', '[]', p.created_by,
          now() - make_interval(days => 10 - v)
   from prompt p, generate_series(1, 10) v where p.name ~ '^seeded-\\d{1,3}$'`,
  'alter table prompt enable trigger user',
  'analyze prompt, version',
];

let server: OpenTestServer;
beforeAll(async () => {
  server = await startOpenTestServer();
  for (const statement of seed) await server.database.pool.query(statement);
});
afterAll(() => server.stop());

const path = [null, 'admin', null, 'seeded-500'];

it.each([
  ['the list of versions', versionPage, [...path, null, null, 1001], 10],
  ['a download', downloadableVersion, [...path, '7.0.0'], 1],
])('reads for %s only the needed rows, all by index', async (_what, statement, values, versions) => {
  const plan = await planOf(server, { text: statement }, values);
  const walked = plan.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
  expect(walked.filter((table) => table === 'prompt' || table === 'version')).toEqual([]);
  expect([rowsOf(plan, 'prompt'), rowsOf(plan, 'version')]).toEqual([1, versions]);
});

it.each([
  ['the list of versions', '/v1/prompts/admin/seeded-500/versions', [versionPage]],
  ['a download', '/v1/prompts/admin/seeded-500/versions/7.0.0/download', [downloadableVersion, recordDownloads]],
])('sends no other statement for %s', async (_what, route, expected) => {
  const asked: unknown[] = [];
  const execute = jest.spyOn(PooledOrmConnection.prototype, 'execute');
  await call(server, 'GET', route);
  for (const [statement] of execute.mock.calls) asked.push(statement);
  execute.mockRestore();
  // The roll-up runs periodically.
  expect(asked.filter((statement) => statement !== pendingDownloads)).toEqual(expected);
});
