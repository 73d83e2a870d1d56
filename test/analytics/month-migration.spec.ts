import { MikroORM } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { Download } from '../../src/analytics/download.entity.js';
import type { DownloadRepository } from '../../src/analytics/download.repository.js';
import { RollUpLock } from '../../src/analytics/roll-up/roll-up-lock.js';
import { RollUpWriter } from '../../src/analytics/roll-up/roll-up-writer.js';
import { BackgroundTransactions } from '../../src/database/connections/background-transactions.js';
import { connectionsOf } from '../../src/database/connections/postgres-connection.js';
import { DownloadMonths0009 } from '../../src/database/migrations/0009-download-months.js';
import { Registry0001 } from '../../src/database/migrations/0001-registry.js';
import { ormOptions } from '../../src/database/orm-options.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const promptId = randomUUID();
const versionId = randomUUID();

let database: TestDatabase;
let orm: MikroORM;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query(
    'drop schema public cascade; create schema public; create extension if not exists pg_trgm; set search_path to public',
  );
  orm = await start([Registry0001]);
  await orm.migrator.up();
  await database.pool.query(`insert into owner (id, kind, slug) values ($1, 'user', 'alice')`, [promptId]);
  await database.pool.query(`insert into account (id, email, password_hash, role) values ($1, 'a', '', 'user')`, [
    promptId,
  ]);
  await database.pool.query(
    `insert into prompt (id, owner_id, name, description, visibility, created_by) values ($1, $1, 'p', '', 'public', $1)`,
    [promptId],
  );
});
afterEach(async () => {
  await orm.close();
  await database.drop();
});

async function start(migrationsList: (typeof Registry0001)[]): Promise<MikroORM> {
  const options = ormOptions({ url: database.url, poolSize: 4, statementTimeoutMs: 0 }, []);
  const migrations = { ...options.migrations, migrationsList };
  return MikroORM.init({ ...options, migrations, discovery: { warnWhenNoEntities: false } });
}

async function migrate(): Promise<void> {
  const next = await start([Registry0001, DownloadMonths0009]);
  try {
    await next.migrator.up();
  } finally {
    await next.close();
  }
}

const recordAsBefore = {
  name: 'record-downloads',
  text: `insert into download (id, at, version_id, prompt_id, visitor)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::bytea[])`,
};
const record = (client: pg.Client | pg.Pool, ats: readonly Date[]) =>
  client.query({
    ...recordAsBefore,
    values: [
      ats.map(() => randomUUID()),
      ats.map((at) => at.toISOString()),
      ats.map(() => versionId),
      ats.map(() => promptId),
      ats.map(() => Buffer.alloc(16)),
    ],
  });

/** How the previous version counted: all downloads below the oldest open transaction. */
const rollUpAsBefore = `
  with bounds as (
    update download_rollup r set next_transaction = pg_snapshot_xmin(pg_current_snapshot())
    from download_rollup old
    where r.id = old.id and pg_snapshot_xmin(pg_current_snapshot()) > old.next_transaction
    returning old.next_transaction as low, r.next_transaction as high
  ), taken as (
    select d.prompt_id from bounds b, download d where d.committed_by >= b.low and d.committed_by < b.high
  )
  update prompt p set download_count = p.download_count + c.n
  from (select prompt_id, count(*) as n from taken group by prompt_id) c where p.id = c.prompt_id`;

async function counts() {
  const { rows } = await database.pool.query(
    `select (select count(*)::int from download) as recorded, (select download_count::int from prompt) as counted`,
  );
  return rows[0] as { recorded: number; counted: number };
}

async function rollUp(): Promise<void> {
  const lock = new RollUpLock(new BackgroundTransactions(connectionsOf(orm)));
  const sums = new RollUpWriter(orm.em.getRepository(Download), lock);
  while (await sums.rollUp());
}

const daysFromNow = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1_000);
const addHistory = (count: number) =>
  database.pool.query(
    `insert into download (at, id, prompt_id, version_id, visitor)
     select now() - n * interval '2 years' / $3::int, gen_random_uuid(), $1, $2, '\\x00' from generate_series(1, $3::int) n`,
    [promptId, versionId, count],
  );

it('leaves the rows in place, and counted downloads stay counted', async () => {
  await addHistory(5_000);
  await database.pool.query(rollUpAsBefore);
  await record(database.pool, [daysFromNow(-1)]);
  const file = `select pg_relation_filepath(c.oid) as path from pg_class c where relname = 'download' or relname like 'download_before_%'`;
  const { rows: before } = await database.pool.query<{ path: string }>(file);
  await migrate();
  const { rows: after } = await database.pool.query<{ path: string }>(file);
  expect(after.map(({ path }) => path).filter(Boolean)).toEqual(before.map(({ path }) => path));
  await rollUp();
  expect(await counts()).toEqual({ recorded: 5_001, counted: 5_001 });
  const { rows: kinds } = await database.pool.query(`select relkind from pg_class where oid = 'download'::regclass`);
  expect(kinds).toEqual([{ relkind: 'p' }]);
});

it('moves records of a wrong clock to the default partition and counts each of them once', async () => {
  await record(database.pool, [daysFromNow(0), daysFromNow(400)]);
  await database.pool.query(rollUpAsBefore);
  await record(database.pool, [daysFromNow(800), daysFromNow(0)]);
  await migrate();
  const { rows } = await database.pool.query('select count(*)::int as strays from download_default');
  expect(rows).toEqual([{ strays: 2 }]);
  await rollUp();
  expect(await counts()).toEqual({ recorded: 4, counted: 4 });
});

it('runs while the previous version records and counts, and no download fails or waits for long', async () => {
  await addHistory(150_000);
  const writers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = new pg.Client({ connectionString: database.url, statement_timeout: 60_000 });
      await client.connect();
      return client;
    }),
  );
  let isOver = false;
  let recorded = 150_000;
  let slowestMs = 0;
  const recording = writers.slice(1).map(async (client) => {
    while (!isOver) {
      const started = performance.now();
      await record(client, [daysFromNow(0), daysFromNow(-0.01)]);
      slowestMs = Math.max(slowestMs, performance.now() - started);
      recorded += 2;
      await delay(1);
    }
  });
  const count = async () => {
    while (!isOver) {
      await writers[0]?.query(rollUpAsBefore);
      await delay(5);
    }
  };
  const counting = count();
  await delay(200);
  const began = performance.now();
  await migrate();
  const migratedMs = performance.now() - began;
  await delay(300);
  isOver = true;
  await Promise.all([...recording, counting]);
  await Promise.all(writers.map((client) => client.end()));
  expect(slowestMs).toBeLessThan(migratedMs / 2);
  await rollUp();
  expect(await counts()).toEqual({ recorded, counted: recorded });
});

it('continues after an interruption at any point', async () => {
  await addHistory(100);
  await record(database.pool, [daysFromNow(400)]);
  const migration = new DownloadMonths0009(orm.driver, orm.config);
  migration.up();
  const steps = migration.getQueries().map(String);
  for (let done = 0; done <= steps.length; done += 1) {
    for (const step of steps.slice(0, done)) await database.pool.query(step);
  }
  await migrate();
  await rollUp();
  expect(await counts()).toEqual({ recorded: 101, counted: 101 });
});

it('creates a table in which downloads are recorded by month', async () => {
  await migrate();
  const current: DownloadRepository = orm.em.getRepository(Download);
  const download = { versionId, promptId, visitor: Buffer.alloc(16) };
  await current.record([0, -500, 500].map((days) => ({ ...download, id: randomUUID(), at: daysFromNow(days) })));
  await rollUp();
  expect(await counts()).toEqual({ recorded: 3, counted: 3 });
});
