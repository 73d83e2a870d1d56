import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase } from '../support/test-database.js';
import {
  aCountedPrompt,
  aDownload,
  type CountedPrompt,
  countsOf,
  type DownloadsDatabase,
  rollUpAll,
  startDownloadsDatabase,
} from './downloads-database.js';

let database: DownloadsDatabase;
let prompt: CountedPrompt;
beforeAll(async () => {
  database = await startDownloadsDatabase();
});
beforeEach(async () => {
  prompt = await aCountedPrompt(database, 2);
});
afterAll(() => database.stop());

const dayMs = 24 * 60 * 60 * 1_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs);
const all = (n: number, visitors = n) => ({ prompt: n, days: n, hours: n, visitors });

/** Records that one transaction leaves uncommitted until it is told to commit. */
async function anOpenTransaction(at: Date) {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query('begin');
  const { id, versionId, promptId, visitor } = aDownload(prompt, { at, visitor: 9 });
  const statement = 'insert into download (at, id, prompt_id, version_id, visitor) values ($1, $2, $3, $4, $5)';
  await client.query(statement, [at, id, promptId, versionId, visitor]);
  const commit = async () => {
    await client.query('commit');
    await client.end();
  };
  return { commit };
}

it('counts a record that commits late with an older time once, and only after its commit', async () => {
  const late = await anOpenTransaction(new Date(Date.now() - 5_000));
  await database.downloads.record([aDownload(prompt)]);
  await rollUpAll(database);
  const before = await countsOf(database, prompt);
  expect(before.prompt).toBeLessThanOrEqual(1);
  await late.commit();
  await rollUpAll(database);
  await rollUpAll(database);
  expect(await countsOf(database, prompt)).toEqual(all(2));
});

it('does not wait for open transactions of other databases in the cluster', async () => {
  const neighbour = await createTestDatabase();
  const client = await neighbour.pool.connect();
  await client.query('begin; select pg_current_xact_id()');
  await database.downloads.record([aDownload(prompt)]);
  await rollUpAll(database);
  expect(await countsOf(database, prompt)).toEqual(all(1));
  await client.query('commit');
  client.release();
  await neighbour.drop();
});

it('counts late visitors of days whose visitors were already deleted', async () => {
  await database.downloads.record([3, 4].map((visitor) => aDownload(prompt, { at: daysAgo(40), visitor })));
  await rollUpAll(database);
  await database.partitions.deleteOldVisitors();
  const { rows } = await database.pool.query('select from download_visitor where scope_id = $1', [prompt.id]);
  expect(rows).toEqual([]);
  await database.downloads.record([3, 5].map((visitor) => aDownload(prompt, { at: daysAgo(40), visitor })));
  await rollUpAll(database);
  expect(await countsOf(database, prompt)).toEqual(all(4, 3));
});

it('counts in batches when many records wait, even if one transaction made them all', async () => {
  const make = (downloads: number) =>
    database.pool.query(
      `insert into download (at, id, prompt_id, version_id, visitor)
       select now() - n * interval '1 ms', gen_random_uuid(), $1, $2, decode(lpad(to_hex(n % 50), 32, '0'), 'hex')
       from generate_series(1, $3::int) n`,
      [prompt.id, prompt.versionIds[0], downloads],
    );
  for (let i = 0; i < 6; i += 1) await make(4_000);
  await make(25_000);
  let batches = 1;
  while (await database.sums.rollUp()) batches += 1;
  expect(batches).toBeGreaterThanOrEqual(3);
  const { prompt: counted, days, hours } = await countsOf(database, prompt);
  expect([counted, days, hours]).toEqual([49_000, 49_000, 49_000]);
});

it('is exact while several processes count, downloads arrive and counting processes are killed', async () => {
  let isOver = false;
  let recorded = 0;
  const record = async () => {
    while (!isOver) {
      await database.downloads.record(Array.from({ length: 200 }, (_, i) => aDownload(prompt, { visitor: i % 7 })));
      recorded += 200;
    }
  };
  let failures = 0;
  const count = async () => {
    while (!isOver) await database.sums.rollUp().catch(() => (failures += 1));
  };
  const kill = async () => {
    for (let i = 0; i < 40; i += 1) {
      await delay(50);
      await database.pool.query(
        `select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
         where locktype = 'advisory' and datname = current_database()`,
      );
    }
    isOver = true;
  };
  await Promise.all([record(), record(), count(), count(), count(), kill()]);
  await rollUpAll(database);
  expect(failures).toBeGreaterThan(0);
  const { prompt: counted, days, hours } = await countsOf(database, prompt);
  expect([counted, days, hours]).toEqual([recorded, recorded, recorded]);
});

it('reverts counted downloads, and visitors who have no other download left', async () => {
  const [repeated, again, alone, uncounted] = [
    aDownload(prompt, { visitor: 1 }),
    aDownload(prompt, { visitor: 1 }),
    aDownload(prompt, { visitor: 2, version: 1 }),
    aDownload(prompt, { visitor: 3 }),
  ];
  await database.downloads.record([repeated, again, alone]);
  await rollUpAll(database);
  expect(await countsOf(database, prompt)).toEqual(all(3, 2));
  await database.downloads.record([uncounted]);
  await database.retractor.retract([again, alone, uncounted, aDownload(prompt)]);
  await rollUpAll(database);
  expect(await countsOf(database, prompt)).toEqual(all(1));
  const today = new Date().toISOString().slice(0, 10);
  const period = { from: today, to: today, interval: 'day' } as const;
  expect(await database.downloads.series(prompt.versionIds[1] ?? '', period)).toEqual([]);
  await database.downloads.record([aDownload(prompt, { visitor: 2 })]);
  await rollUpAll(database);
  expect(await countsOf(database, prompt)).toEqual(all(2));
});

it('continues after a restore into a younger cluster, without changing recorded downloads', async () => {
  await database.downloads.record([aDownload(prompt, { visitor: 1 })]);
  await rollUpAll(database);
  await database.pool.query(
    `update download set committed_by = '900000000000';
     update download_rollup set next_transaction = '900000000001', next_hour_transaction = '900000000001'`,
  );
  await database.pool.query(
    `insert into download (at, id, prompt_id, version_id, visitor, committed_by)
     select at, gen_random_uuid(), prompt_id, version_id, visitor, ('900000000002')::xid8 from download
     where prompt_id = $1`,
    [prompt.id],
  );
  const { rows: before } = await database.pool.query('select ctid, id from download order by id');
  await Promise.all([database.sums.adaptToCluster(), database.sums.adaptToCluster()]);
  expect((await database.pool.query('select ctid, id from download order by id')).rows).toEqual(before);
  expect(await countsOf(database, prompt)).toEqual(all(2, 1));
  await database.downloads.record([aDownload(prompt, { visitor: 2 })]);
  await database.sums.adaptToCluster();
  await rollUpAll(database);
  expect(await countsOf(database, prompt)).toEqual(all(3, 2));
});
