import { MikroORM } from '@mikro-orm/postgresql';
import { Download } from '../../src/analytics/download.entity.js';
import type { DownloadRepository } from '../../src/analytics/download.repository.js';
import { maxTailRows } from '../../src/analytics/downloads.queries.js';
import { RollUpLock } from '../../src/analytics/roll-up/roll-up-lock.js';
import { RollUpWriter } from '../../src/analytics/roll-up/roll-up-writer.js';
import { ormOptions } from '../../src/database/orm-options.js';
import { ExplainedStatements, type PlanMode } from '../support/plans/explained-statements.js';
import { rowsRead } from '../support/plans/query-plan.js';
import {
  aCountedPrompt,
  aDownload,
  type CountedPrompt,
  type DownloadsDatabase,
  startDownloadsDatabase,
} from './downloads-database.js';

const tail = 2_000;
const recent = { from: '2026-01-01', to: '2030-12-31', interval: 'month' } as const;

let server: DownloadsDatabase;
let orm: MikroORM;
let explained: ExplainedStatements;
let downloads: DownloadRepository;
let sums: RollUpWriter;
let prompt: CountedPrompt;

beforeAll(async () => {
  server = await startDownloadsDatabase();
  orm = await MikroORM.init(ormOptions({ url: server.url, poolSize: 4 }, [Download]));
  explained = await ExplainedStatements.of(orm);
  downloads = orm.em.getRepository(Download);
  sums = new RollUpWriter(downloads, new RollUpLock(explained));
  prompt = await aCountedPrompt(server, 2);
});
afterAll(async () => {
  await orm.close();
  await server.stop();
});

/** Downloads of the last two months that are counted already, with sums of two hundred days. */
async function addHistory(count: number): Promise<void> {
  await server.pool.query(
    `insert into download (at, id, prompt_id, version_id, visitor)
     select now() - n * interval '60 days' / $3::int, gen_random_uuid(), $1, $2, decode(md5(n::text), 'hex')
     from generate_series(1, $3::int) n`,
    [prompt.id, prompt.versionIds[0], count],
  );
  await server.pool.query(
    `update download_rollup set next_transaction = newest.next, next_hour_transaction = newest.next
     from (select (committed_by::text::numeric + 1)::text::xid8 as next from download order by committed_by desc limit 1) newest`,
  );
}

const recordTail = () =>
  downloads.record(Array.from({ length: tail }, (_, i) => aDownload(prompt, { visitor: i % 50, version: i % 2 })));

type RowsRead = ReturnType<typeof rowsRead>;

const isRaw = (table: string) => /^download_(\d{4}_\d{2}|before_|default)/.test(table);
const rawRows = (read: RowsRead) =>
  Object.entries(read)
    .filter(([table]) => isRaw(table))
    .reduce((sum, [, rows]) => sum + rows, 0);

async function plansOf(mode: PlanMode, work: () => Promise<unknown>): Promise<RowsRead[]> {
  explained.planMode = mode;
  explained.plans.length = 0;
  await work();
  return explained.plans.map(rowsRead);
}

const modes: PlanMode[] = ['force_custom_plan', 'force_generic_plan'];

// Before PostgreSQL has looked at the table's statistics, with half of them, and with all.
describe.each([
  ['40 000', 40_000, ''],
  ['200 000', 160_000, 'analyze'],
  ['400 000', 200_000, 'analyze'],
])('of %s downloads', (_, more, analyze) => {
  beforeAll(async () => {
    await addHistory(more);
    await server.pool.query(analyze);
  });

  it.each(modes)('a read scans no download that is already counted (%s)', async (mode) => {
    for (const scopeId of [prompt.id, ...prompt.versionIds]) {
      const read = await plansOf(mode, () => downloads.series(scopeId, recent));
      expect(read.map(rawRows)).toEqual([0]);
    }
  });

  it.each(modes)('a read and a roll-up scan only the uncounted downloads (%s)', async (mode) => {
    await recordTail();
    const [read = {}] = await plansOf(mode, () => downloads.series(prompt.id, recent));
    expect(rawRows(read)).toBe(tail);
    const statements = await plansOf(mode, () => sums.rollUp());
    // The check for new records, the lock, the bounds, late days, the sums, and the cursor.
    expect(statements).toHaveLength(6);
    for (const statement of statements) {
      expect(rawRows(statement)).toBeLessThanOrEqual(tail);
      const others = Object.entries(statement).filter(([table]) => /^(download|prompt)/.test(table) && !isRaw(table));
      for (const [table, rows] of others) expect([table, rows <= 2]).toEqual([table, true]);
    }
  });

  it('an idle server reads one row only', async () => {
    const statements = await plansOf('force_generic_plan', () => sums.rollUp());
    expect(statements).toEqual([{ ...statements[0], download_rollup: 1 }]);
    expect(statements.map(rawRows)).toEqual([0]);
  });
});

it('reads a bounded tail when the roll-up is far behind', async () => {
  await server.pool.query(
    `insert into download (at, id, prompt_id, version_id, visitor)
     select now(), gen_random_uuid(), $1, $2, '\\x00' from generate_series(1, $3::int) n`,
    [prompt.id, prompt.versionIds[0], maxTailRows + 5_000],
  );
  const [read = {}] = await plansOf('force_generic_plan', () => downloads.series(prompt.id, recent));
  // One more row per partition is read to know which of them has more.
  expect(rawRows(read)).toBeGreaterThanOrEqual(maxTailRows);
  expect(rawRows(read)).toBeLessThanOrEqual(maxTailRows + 20);
});
