import fc from 'fast-check';
import type { DownloadRecord, Period } from '../../src/analytics/download.repository.js';
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
beforeAll(async () => {
  database = await startDownloadsDatabase();
});
afterAll(() => database.stop());

const dayMs = 24 * 60 * 60 * 1_000;
const intervals = ['day', 'week', 'month'] as const;
const dayOf = (at: Date) => at.toISOString().slice(0, 10);
const firstDays = {
  day: dayOf,
  week: (at: Date) => dayOf(new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * dayMs)),
  month: (at: Date) => `${at.toISOString().slice(0, 7)}-01`,
};

/** A full count over the single records. */
function expected(records: readonly DownloadRecord[], scopeId: string, { from, to, interval }: Period) {
  const periods = new Map<string, { downloads: number; visitors: Set<string> }>();
  for (const { at, promptId, versionId, visitor } of records) {
    if (promptId !== scopeId && versionId !== scopeId) continue;
    if (dayOf(at) < from || dayOf(at) > to) continue;
    const period = firstDays[interval](at);
    const { downloads, visitors } = periods.get(period) ?? { downloads: 0, visitors: new Set<string>() };
    periods.set(period, {
      downloads: downloads + 1,
      visitors: visitors.add(`${dayOf(at)} ${visitor.toString('hex')}`),
    });
  }
  return [...periods]
    .map(([period, { downloads, visitors }]) => ({ period, downloads, unique: visitors.size }))
    .sort((a, b) => (a.period < b.period ? -1 : 1));
}

// Times at the edges of days, weeks, months and years, and some minutes ago.
const edges = ['2025-12-28', '2025-12-29', '2026-01-01', '2026-02-28', '2026-03-01', '2026-03-29', '2026-10-25'].map(
  (day) => Date.parse(`${day}T00:00:00Z`),
);
const time = fc.oneof(
  fc.tuple(fc.constantFrom(...edges), fc.integer({ min: -2, max: 2 })).map(([edge, ms]) => new Date(edge + ms)),
  fc.integer({ min: 0, max: 500 * dayMs }).map((ms) => new Date(Date.parse('2025-08-01T00:00:00Z') + ms)),
  fc.integer({ min: 0, max: 2 * dayMs }).map((ms) => new Date(Date.now() - ms)),
);
const download = fc.record({ at: time, visitor: fc.nat(3), version: fc.nat(1), prompt: fc.nat(1) });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('record' as const), downloads: fc.array(download, { maxLength: 12 }) }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'rollUp' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'forget' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('retract' as const), which: fc.array(fc.nat(), { maxLength: 3 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function take(taken: Step, prompts: readonly CountedPrompt[], records: DownloadRecord[]): Promise<void> {
  if (taken.do === 'rollUp') return rollUpAll(database);
  if (taken.do === 'forget') return database.partitions.deleteOldVisitors().then(() => undefined);
  if (taken.do === 'record') {
    const made = taken.downloads.flatMap(({ prompt: n, ...fields }) =>
      prompts.slice(n, n + 1).map((p) => aDownload(p, fields)),
    );
    records.push(...made);
    return database.downloads.record(made);
  }
  const gone = taken.which.flatMap((n) => records.splice(n % Math.max(records.length, 1), 1));
  return database.retractor.retract(gone);
}

async function expectSeries(prompts: readonly CountedPrompt[], records: readonly DownloadRecord[], from: string) {
  for (const scopeId of prompts.flatMap(({ id, versionIds }) => [id, ...versionIds])) {
    for (const interval of intervals) {
      const period = { from, to: '2027-12-31', interval };
      expect(await database.downloads.series(scopeId, period)).toEqual(expected(records, scopeId, period));
    }
  }
}

it('answers the same as a full count over the records after any sequence of events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      const prompts = [await aCountedPrompt(database, 2), await aCountedPrompt(database, 2)];
      const records: DownloadRecord[] = [];
      for (const each of steps) await take(each, prompts, records);
      // Downloads of today and yesterday are in the answer before the roll-up has counted them.
      await expectSeries(prompts, records, dayOf(new Date(Date.now() - dayMs)));
      await rollUpAll(database);
      await expectSeries(prompts, records, '2025-07-01');
      await expectSeries(prompts, records, '2026-03-01');
      for (const prompt of prompts) {
        const n = records.filter(({ promptId }) => promptId === prompt.id).length;
        expect(await countsOf(database, prompt)).toMatchObject({ prompt: n, days: n, hours: n });
      }
    }),
    { numRuns: 40, interruptAfterTimeLimit: 60_000 },
  );
});
