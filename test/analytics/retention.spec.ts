import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { RetentionService } from '../../src/analytics/retention/retention.service.js';
import { OutageLogger } from '../../src/database/outage-logger.js';
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
beforeEach(async () => {
  database = await startDownloadsDatabase();
  prompt = await aCountedPrompt(database);
});
afterEach(() => database.stop());

/** The first of a month in UTC, so many months from this one. */
function monthStart(offset: number): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1));
}
const nameOf = (offset: number) => `download_${monthStart(offset).toISOString().slice(0, 7).replace('-', '_')}`;

async function partitions(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'download'::regclass order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** Replaces the first partition, which holds all downloads from before the partitioning, by one for each month. */
async function keepMonthsApart(from: number, to: number): Promise<void> {
  for (const name of await partitions())
    if (name !== 'download_default') await database.pool.query(`drop table ${name}`);
  for (let month = from; month <= to; month += 1) {
    await database.pool.query(
      `create table ${nameOf(month)} partition of download
       for values from ('${monthStart(month).toISOString()}') to ('${monthStart(month + 1).toISOString()}')`,
    );
  }
}

async function holding(): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ name: string; n: number }>(
    'select tableoid::regclass::text as name, count(*)::int as n from download group by 1',
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

async function runRetention(downloadRetentionMonths: number): Promise<void> {
  const retention = new RetentionService(
    { visitorSalt: Buffer.alloc(32), downloadRetentionMonths },
    database.partitions,
    new OutageLogger(),
  );
  retention.run();
  await retention.settled();
}

it('creates the partitions of this month and the next once, even if two servers start at the same moment', async () => {
  await keepMonthsApart(-1, -1);
  await Promise.all([runRetention(13), runRetention(13)]);
  await runRetention(13);
  expect(await partitions()).toEqual(['download_default', nameOf(-1), nameOf(0), nameOf(1)].sort());
  await database.downloads.record([-1, 0, 1].map((month) => aDownload(prompt, { at: monthStart(month) })));
  expect(await holding()).toEqual({ [nameOf(-1)]: 1, [nameOf(0)]: 1, [nameOf(1)]: 1 });
});

it('never loses a record of a wrong clock, and counts it once in any partition', async () => {
  await keepMonthsApart(0, 0);
  const counted = [-400, 0, 1, 500].map((month) => aDownload(prompt, { at: monthStart(month) }));
  await database.downloads.record(counted);
  await rollUpAll(database);
  await database.downloads.record([aDownload(prompt, { at: monthStart(1), visitor: 2 })]);
  expect(await holding()).toEqual({ [nameOf(0)]: 1, download_default: 4 });
  await runRetention(0);
  expect(await holding()).toEqual({ [nameOf(0)]: 1, [nameOf(1)]: 2, download_default: 2 });
  await rollUpAll(database);
  expect(await countsOf(database, prompt)).toEqual({ prompt: 5, days: 5, hours: 5, visitors: 5 });
});

it('creates no partition for a month of which the default partition already has very many rows', async () => {
  await keepMonthsApart(-1, -1);
  await database.pool.query(
    `insert into download (at, id, prompt_id, version_id, visitor)
     select $3::timestamptz + n * interval '1 ms', gen_random_uuid(), $1, $2, '\\x00' from generate_series(1, 10001) n`,
    [prompt.id, prompt.versionIds[0], monthStart(0)],
  );
  await runRetention(13);
  expect(await partitions()).toEqual(['download_default', nameOf(-1), nameOf(1)].sort());
  expect(await holding()).toEqual({ download_default: 10_001 });
});

describe('a month beyond the retention time', () => {
  beforeEach(() => keepMonthsApart(-4, 1));
  const recordOneAMonth = () =>
    database.downloads.record([-40, -4, -3, -2, 0].map((month) => aDownload(prompt, { at: monthStart(month) })));

  it('is dropped, and its sums stay', async () => {
    await recordOneAMonth();
    await rollUpAll(database);
    await runRetention(2);
    expect(await holding()).toEqual({ [nameOf(-2)]: 1, [nameOf(0)]: 1 });
    expect(await partitions()).toEqual(['download_default', nameOf(-2), nameOf(-1), nameOf(0), nameOf(1)].sort());
    expect(await countsOf(database, prompt)).toEqual({ prompt: 5, days: 5, hours: 5, visitors: 5 });
    const day = monthStart(-4).toISOString().slice(0, 10);
    const series = await database.downloads.series(prompt.id, { from: day, to: day, interval: 'day' });
    expect(series).toEqual([{ period: day, downloads: 1, unique: 1 }]);
  });

  it('is kept for ever with a retention of 0', async () => {
    await recordOneAMonth();
    await rollUpAll(database);
    await runRetention(0);
    expect(Object.values(await holding())).toEqual([1, 1, 1, 1, 1]);
  });

  it('is kept until all of it is counted by day and by hour', async () => {
    await recordOneAMonth();
    expect(await database.partitions.drop(nameOf(-4))).toBe('later');
    await rollUpAll(database);
    await database.pool.query(`update download_rollup set next_hour_transaction = '0'`);
    expect(await database.partitions.drop(nameOf(-4))).toBe('later');
    expect(await database.partitions.deleteExpiredRows('download_default', 2)).toBe('done');
    expect(Object.values(await holding())).toEqual([1, 1, 1, 1, 1]);
  });

  it('blocks no download while it is being read, and is dropped after the read has ended', async () => {
    await recordOneAMonth();
    await rollUpAll(database);
    const reader = new pg.Client(database.url);
    await reader.connect();
    await reader.query(`begin; select from ${nameOf(-4)}`);
    let isDropping = true;
    const drop = async () => {
      for (let i = 0; i < 5; i += 1) expect(await database.partitions.drop(nameOf(-4))).toBe('later');
      isDropping = false;
    };
    const waits: number[] = [];
    const record = async () => {
      while (isDropping) {
        const started = performance.now();
        await database.downloads.record([aDownload(prompt)]);
        waits.push(performance.now() - started);
      }
    };
    const started = performance.now();
    await Promise.all([drop(), record()]);
    expect(waits.length).toBeGreaterThan(3);
    // Behind one of the five attempts at most.
    expect(Math.max(...waits)).toBeLessThan((performance.now() - started) / 2);
    await reader.end();
    expect(await database.partitions.drop(nameOf(-4))).toBe('done');
    expect(await partitions()).not.toContain(nameOf(-4));
  });

  it('is kept while a record for it is not yet committed', async () => {
    const late = new pg.Client(database.url);
    await late.connect();
    await late.query('begin');
    await late.query('insert into download (at, id, prompt_id, version_id, visitor) values ($1, $2, $3, $4, $5)', [
      monthStart(-4),
      randomUUID(),
      prompt.id,
      prompt.versionIds[0],
      Buffer.alloc(16),
    ]);
    expect(await database.partitions.drop(nameOf(-4))).toBe('later');
    await late.query('commit');
    await late.end();
    expect(await database.partitions.drop(nameOf(-4))).toBe('later');
    await rollUpAll(database);
    expect(await database.partitions.drop(nameOf(-4))).toBe('done');
    expect(await countsOf(database, prompt)).toEqual({ prompt: 1, days: 1, hours: 1, visitors: 1 });
  });
});

describe('downloads from before the partitioning by month', () => {
  const first = async () => (await partitions()).find((name) => name.startsWith('download_before_')) ?? '';
  const recordSome = () =>
    database.downloads.record([-40, -4, -3, -2, 0].map((month) => aDownload(prompt, { at: monthStart(month) })));

  it('are deleted after the retention time, and their sums stay', async () => {
    await recordSome();
    expect(await holding()).toEqual({ [await first()]: 5 });
    await rollUpAll(database);
    await runRetention(2);
    expect(await holding()).toEqual({ [await first()]: 2 });
    expect(await countsOf(database, prompt)).toEqual({ prompt: 5, days: 5, hours: 5, visitors: 5 });
  });

  it('are deleted in large numbers too', async () => {
    await database.pool.query(
      `insert into download (at, id, prompt_id, version_id, visitor)
       select $3::timestamptz + n * interval '1 ms', gen_random_uuid(), $1, $2, '\\x00' from generate_series(1, 25001) n`,
      [prompt.id, prompt.versionIds[0], monthStart(-40)],
    );
    await database.downloads.record([aDownload(prompt)]);
    await rollUpAll(database);
    await runRetention(13);
    expect(await holding()).toEqual({ [await first()]: 1 });
  });

  it('are kept for ever with a retention of 0, and until they are counted', async () => {
    await recordSome();
    await runRetention(2);
    expect(await holding()).toEqual({ [await first()]: 5 });
    await rollUpAll(database);
    await runRetention(0);
    expect(await holding()).toEqual({ [await first()]: 5 });
  });
});

it('deletes the visitors of past days', async () => {
  await database.downloads.record([monthStart(-1), new Date()].map((at) => aDownload(prompt, { at })));
  await rollUpAll(database);
  await runRetention(13);
  const { rows } = await database.pool.query(
    `select distinct day = (now() at time zone 'utc')::date as today from download_visitor`,
  );
  expect(rows).toEqual([{ today: true }]);
});
