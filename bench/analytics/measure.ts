// Measures reads, records and roll-ups of downloads while the history grows. Needs an empty database in DATABASE_URL:
// node --import ./bench/typescript.mjs bench/analytics/measure.ts [downloads ...]
import { MikroORM } from '@mikro-orm/postgresql';
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { Download } from '../../src/analytics/download.entity.js';
import type { DownloadRecord, DownloadRepository } from '../../src/analytics/download.repository.js';
import { RollUpLock } from '../../src/analytics/roll-up/roll-up-lock.js';
import { RollUpWriter } from '../../src/analytics/roll-up/roll-up-writer.js';
import { BackgroundTransactions } from '../../src/database/connections/background-transactions.js';
import { connectionsOf } from '../../src/database/connections/postgres-connection.js';
import { migrate } from '../../src/database/migrate.js';
import { ormOptions } from '../../src/database/orm-options.js';
import { Prompt } from '../../src/prompts/prompt.entity.js';
import { idsOf, seedDownloads, seedPrompts } from './seed.js';

const url = process.env['DATABASE_URL'] ?? '';
const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [10_000, 1_000_000, 10_000_000];
const rolledUp = 100_000;
const perCommit = 20;
const readCount = 300;
const dayMs = 24 * 60 * 60 * 1_000;

const orm = await MikroORM.init(ormOptions({ url, poolSize: 8 }, [Download, Prompt]));
await migrate(orm, url);
const downloads: DownloadRepository = orm.em.getRepository(Download);
const sums = new RollUpWriter(downloads, new RollUpLock(new BackgroundTransactions(connectionsOf(orm))));
const client = new pg.Client(url);
await client.connect();
await seedPrompts(client);

const { promptId, versionId } = await idsOf(client, 0);
const others: Awaited<ReturnType<typeof idsOf>>[] = [];
for (let n = 0; n < 200; n += 1) others.push(await idsOf(client, n * 5));
const today = dayOf(0);
const reads: Record<string, () => Promise<unknown>> = {
  'prompt, 30 days': () => downloads.series(promptId, { from: dayOf(29), to: today, interval: 'day' }),
  'prompt, 13 months': () => downloads.series(promptId, { from: dayOf(390), to: today, interval: 'month' }),
  'version, 53 weeks': () => downloads.series(versionId, { from: dayOf(371), to: today, interval: 'week' }),
  download_count: () => orm.em.execute('select download_count from prompt where id = $1', [promptId]),
};

let present = 0;
for (const size of sizes) {
  const started = performance.now();
  await seedDownloads(client, present, size - present);
  present = size;
  await sums.adaptToCluster();
  console.log(`\n${size.toLocaleString('en')} downloads (seeded in ${seconds(started)} s)`);
  await report('read');
  await reportRecords();
  const tail = await waiting();
  await report(`read with ${tail} uncounted`);
  await reportRollUp();
  await reportSizes();
}
await Promise.all([client.end(), orm.close()]);

async function report(title: string): Promise<void> {
  for (const [name, read] of Object.entries(reads)) {
    for (let i = 0; i < 20; i += 1) await read();
    console.log(`  ${title}: ${name.padEnd(18)} ${await quantiles(readCount, read)}`);
  }
}

async function reportRecords(): Promise<void> {
  const batches = Array.from({ length: 200 }, () => records(perCommit));
  let next = 0;
  const times = await quantiles(batches.length, () => downloads.record(batches[next++] ?? []));
  console.log(`  record ${perCommit} in one commit: ${times}`);
}

async function reportRollUp(): Promise<void> {
  const recording = performance.now();
  for (let made = await waiting(); made < rolledUp; made += 1_000) await downloads.record(records(1_000));
  console.log(`  record the rest of ${rolledUp} by 1 000: ${seconds(recording)} s`);
  const [memory, started] = [process.memoryUsage.rss(), performance.now()];
  let batches = 1;
  while (await sums.rollUp()) batches += 1;
  const grown = Math.max(0, process.memoryUsage.rss() - memory) / 2 ** 20;
  console.log(
    `  roll up ${rolledUp}: ${seconds(started)} s in ${batches} batches, this process grew by ${grown.toFixed(1)} MiB`,
  );
}

async function reportSizes(): Promise<void> {
  const { rows } = await client.query<{ name: string; bytes: string; total: string }>(
    `select name, sum(pg_total_relation_size(oid)) as total from (
       select c.oid, coalesce(i.inhparent, c.oid)::regclass::text as name from pg_class c
       left join pg_inherits i on i.inhrelid = c.oid where c.relkind = 'r' and c.relname like 'download%') t
     group by name order by name`,
  );
  const each = (total: string) => `${(Number(total) / present).toFixed(1)} bytes per download`;
  for (const { name, total } of rows) console.log(`  ${name.padEnd(18)} ${each(total)}`);
}

async function waiting(): Promise<number> {
  const text = `select count(*)::int as n from download where committed_by >= (select next_transaction from download_rollup)`;
  const { rows } = await client.query<{ n: number }>(text);
  return rows[0]?.n ?? 0;
}

function records(count: number): DownloadRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const { promptId: prompt, versionId: version } = others[(i * 7) % others.length] ?? { promptId, versionId };
    return { id: randomUUID(), at: new Date(), promptId: prompt, versionId: version, visitor: randomBytes(16) };
  });
}

async function quantiles(count: number, work: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? NaN).toFixed(2);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}

function dayOf(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * dayMs).toISOString().slice(0, 10);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}
