import { setTimeout as sleep } from 'node:timers/promises';
import type { Options } from '../options.js';
import type { Comparison, Numbers } from '../scenario.js';
import { ScenarioSkipped } from '../scenario-skipped.js';
import type { ServerProcess } from '../environment/server-process.js';
import type { ComparedServers } from '../environment/testbed.js';
import { probe } from './load.js';
import { cpuMsOf, resetPeak, peakMiB } from '../environment/process-figures.js';
import { type WrkResult, runWrk } from './wrk.js';

/** A measurement of one side under one load. */
export interface Sample extends WrkResult {
  /** Of the server's process and its descendants, without PostgreSQL. */
  readonly cpuMsPerRequest: number;
  readonly peakMiB: number;
}

/** Both sides with one number of connections. `ratios` are product divided by floor, one for each round. */
export interface ComparisonResult {
  readonly connections: number;
  /** In place of the scenario's. */
  readonly goal?: number | undefined;
  readonly ratios: readonly number[];
  readonly product: readonly Sample[];
  readonly floor: readonly Sample[];
}

type Side = 'product' | 'floor';

/** Keeps work after the answers, such as the roll-up, out of the next measurement. */
const pauseMs = 100;
/** More requests with a body than any side answers per second. */
const maxNumberedPerSecond = 5_000;

/** Runs a comparison; @throws ScenarioSkipped, or Error if a side answers anything but what it should */
export async function compare(
  comparison: Comparison,
  testbed: ComparedServers,
  options: Options,
): Promise<ComparisonResult[]> {
  const { mainConnections: foremost, minSeconds: leastSeconds = 1 } = comparison;
  for (const side of ['floor', 'product'] as const) await assertAnswers(comparison, testbed, side);
  const warmUp = { connections: Math.min(foremost, 8), seconds: leastSeconds };
  await Promise.all([sample(comparison, testbed, 'product', warmUp), sample(comparison, testbed, 'floor', warmUp)]);
  const seconds = Math.max(options.seconds, leastSeconds);
  const results: ComparisonResult[] = [];
  for (const connections of connectionsOf(comparison, options)) {
    const samples = { product: [] as Sample[], floor: [] as Sample[] };
    for (let round = 0; round < options.rounds; round += 1) {
      const order: Side[] = round % 2 === 0 ? ['product', 'floor'] : ['floor', 'product'];
      for (const side of order) {
        samples[side].push(await sample(comparison, testbed, side, { connections, seconds }));
        await sleep(pauseMs, undefined, { signal: testbed.signal });
      }
    }
    const ratios = samples.product.map(({ perSecond }, i) => perSecond / (samples.floor[i]?.perSecond ?? NaN));
    results.push({ connections, goal: comparison.goals?.[connections], ratios, ...samples });
  }
  return results;
}

function connectionsOf({ connections, mainConnections: foremost }: Comparison, options: Options): readonly number[] {
  if (connections.length === 1) return connections;
  return options.connections ?? (options.isQuick ? [foremost] : connections);
}

async function assertAnswers(comparison: Comparison, testbed: ComparedServers, side: Side): Promise<void> {
  const { url } = testbed[side];
  const { status, body } = await probe(url, await comparison.load(testbed.fixtures, nextNumbers(1)));
  if (status === comparison.status[side]) return;
  if (status === 404 && side === 'product' && comparison.mayBeMissing) {
    throw new ScenarioSkipped('this build does not speak that protocol');
  }
  throw new Error(`the ${side} answers ${status}: ${body.slice(0, 300)}`);
}

async function sample(
  comparison: Comparison,
  testbed: ComparedServers,
  side: Side,
  rate: { readonly connections: number; readonly seconds: number },
): Promise<Sample> {
  const server = testbed[side];
  const load = await comparison.load(testbed.fixtures, nextNumbers((rate.seconds + 1) * maxNumberedPerSecond));
  return sampleOf(server, { ...rate, load }, testbed.signal);
}

export async function sampleOf(
  { pid, url }: ServerProcess,
  rate: Omit<Parameters<typeof runWrk>[0], 'url'>,
  signal: AbortSignal,
): Promise<Sample> {
  resetPeak(pid);
  const before = cpuMsOf(pid);
  const answers = await runWrk({ ...rate, url }, signal);
  const cpuMsPerRequest = (cpuMsOf(pid) - before) / answers.requests;
  return { ...answers, cpuMsPerRequest, peakMiB: peakMiB(pid) };
}

let nextNumber = 100_000_000;

/** Numbers that no other measurement of this run uses. */
export function nextNumbers(count: number): Numbers {
  const first = nextNumber;
  nextNumber += count;
  return { first, count };
}
