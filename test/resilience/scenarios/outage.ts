import { setTimeout as delay } from 'node:timers/promises';
import { type RecordedAnswer, type Kind, Load, lostVersions } from '../support/load.js';
import type { RegistryClient } from '../support/registry-client.js';
import { eventually, type ServerEnvironment } from '../support/server-environment.js';

const clients = { upload: 2, download: 4, list: 2, read: 2 };
const kinds = Object.keys(clients) as Kind[];
const usualRecoveryMs = 20_000;

export interface Outage {
  /** Tells the load's prompt apart. */
  readonly name: string;
  /** Milliseconds. */
  readonly lasts: number;
  /** How long to wait for every kind of request to succeed again; more than it may take. */
  readonly recoveryMs?: number;
  begin(): Promise<void> | void;
  /** Looks at the server in the second half of the outage. */
  midway?(): Promise<void>;
  end(): Promise<void> | void;
}

export interface OutageReport {
  /** Answers that were no success, as `kind status problem`, and how often each was given. */
  readonly refusals: Record<string, number>;
  /** Refusals without Retry-After. */
  readonly withoutRetryAfter: number;
  readonly slowestMs: Record<Kind, number>;
  /** How long after its end each kind of request succeeded again; Infinity if it did not. */
  readonly recoveredAfterMs: Record<Kind, number>;
  readonly unanswered: readonly string[];
  readonly lostVersions: readonly string[];
  /** Versions that were refused during the outage, and again afterwards. */
  readonly stillRefused: readonly string[];
  readonly redirects: number;
  readonly counted: number;
}

/** Takes something away from a server under load for a while, and gives it back. */
export async function runOutage(
  environment: ServerEnvironment,
  client: RegistryClient,
  outage: Outage,
): Promise<OutageReport> {
  const load = await Load.start(client, outage.name, clients);
  await delay(500);
  await takeAway(outage).catch(async (error: unknown) => {
    await load.stop();
    throw error;
  });
  const endedAt = performance.now();
  await eventually(
    () => kinds.map((kind) => recovery(load.answers, kind, endedAt)),
    (times) => times.every(Number.isFinite),
    outage.recoveryMs ?? usualRecoveryMs,
  );
  await delay(500);
  await load.stop();
  const stillRefused = await load.retryRefused();
  const { redirects } = load;
  const counted = await settledCount(client, outage.name, redirects);
  return {
    refusals: tally(load.answers.filter(({ status }) => status >= 400)),
    withoutRetryAfter: load.answers.filter(({ status, retryAfter }) => status >= 400 && !retryAfter).length,
    slowestMs: byKind((kind) => Math.max(...load.answers.filter((each) => each.kind === kind).map(({ ms }) => ms))),
    recoveredAfterMs: byKind((kind) => recovery(load.answers, kind, endedAt)),
    unanswered: load.failures.map(({ kind, reason }) => `${kind}: ${reason}`),
    lostVersions: await lostVersions(client, load),
    stillRefused,
    redirects,
    counted,
  };
}

async function takeAway(outage: Outage): Promise<void> {
  await outage.begin();
  try {
    await delay(outage.lasts / 2);
    await Promise.all([outage.midway?.(), delay(outage.lasts / 2)]);
  } finally {
    await outage.end();
  }
}

/** The count when it is correct, or the last one after the timeout. It also waits for late wrong counts. */
async function settledCount(client: RegistryClient, name: string, expected: number): Promise<number> {
  await eventually(
    () => client.downloadCount(name),
    (count) => count >= expected,
    30_000,
  );
  await delay(3_000);
  return client.downloadCount(name);
}

function recovery(answers: readonly RecordedAnswer[], wanted: Kind, endedAt: number): number {
  const first = answers.find((each) => each.kind === wanted && each.status < 400 && each.endedAt > endedAt);
  return first ? first.endedAt - endedAt : Infinity;
}

function tally(answers: readonly RecordedAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, status, problem } of answers) {
    const refusal = `${kind} ${status} ${problem}`;
    counts[refusal] = (counts[refusal] ?? 0) + 1;
  }
  return counts;
}

function byKind(measure: (kind: Kind) => number): Record<Kind, number> {
  return Object.fromEntries(kinds.map((kind) => [kind, Math.round(measure(kind))])) as Record<Kind, number>;
}
