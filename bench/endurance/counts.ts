import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { WriteKind } from './mix.js';
import type { RequestStats } from './request-stats.js';

export interface Counts {
  /** Rows of single downloads. */
  readonly download: number;
  /** The sum of the prompts' download counts. */
  readonly summed: number;
  /** Revisions of the workspace, where the other protocols save. */
  readonly revision: number;
  readonly version: number;
  /** Releases in the histories of prompts. */
  readonly release: number;
}

/** Whether the number of rows equals the acknowledged writes, plus at most the unanswered ones. */
export interface Proof {
  readonly what: string;
  readonly made: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly holds: boolean;
}

const text = `
  select (select count(*) from download)::int as download,
    (select sum(download_count) from prompt)::float8 as summed,
    (select count(*) from revision r join prompt p on p.id = r.prompt_id join owner o on o.id = p.owner_id
      where o.slug = 'workspace')::int as revision,
    (select count(*) from version)::int as version,
    (select count(*) from release)::int as release`;

export async function countsOf(client: Client): Promise<Counts> {
  const { rows } = await client.query<Counts>(text);
  if (!rows[0]) throw new Error('PostgreSQL did not answer');
  return rows[0];
}

const maxWaitMs = 30_000;
const pollIntervalMs = 500;

/** Counts after the load, when the sums have caught up. `untouched` was counted before the first request. */
export async function settledCounts(client: Client, untouched: Counts, signal: AbortSignal): Promise<Counts> {
  const deadline = performance.now() + maxWaitMs;
  for (;;) {
    const counts = await countsOf(client);
    const isSummed = counts.summed - untouched.summed === counts.download - untouched.download;
    if (isSummed || performance.now() > deadline) return counts;
    await sleep(pollIntervalMs, undefined, { signal });
  }
}

const expectations: readonly { what: string; of: Exclude<keyof Counts, 'summed'>; trace: WriteKind }[] = [
  { what: 'Downloads recorded / redirects answered', of: 'download', trace: 'download' },
  { what: 'Revisions / saves acknowledged', of: 'revision', trace: 'revision' },
  { what: 'Versions / publishes acknowledged', of: 'version', trace: 'version' },
  { what: 'Versions in histories / publishes acknowledged', of: 'release', trace: 'version' },
];

export function proofs(counted: { untouched: Counts; before: Counts; after: Counts }, tally: RequestStats): Proof[] {
  const { untouched, before, after } = counted;
  const ofTraces = expectations.map(({ what, of, trace }) => {
    const { acknowledged, unanswered } = tally.written(trace);
    return proof(what, after[of] - before[of], acknowledged, unanswered);
  });
  const recorded = after.download - untouched.download;
  return [...ofTraces, proof('Downloads in sums / recorded, whole run', after.summed - untouched.summed, recorded, 0)];
}

function proof(what: string, made: number, acknowledged: number, unanswered: number): Proof {
  const holds = acknowledged <= made && made <= acknowledged + unanswered;
  return { what, made, acknowledged, unanswered, holds };
}
