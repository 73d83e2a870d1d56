import { setTimeout as sleep } from 'node:timers/promises';
import { nextNumbers } from '../load/compare.js';
import { probe } from '../load/load.js';
import { runWrk, type WrkResult } from '../load/wrk.js';
import type { PeerScenario } from './peer-scenario.js';

/** A server with the data that was created in it. */
export interface PreparedSide<Data> {
  readonly url: string;
  readonly data: Data;
}

export interface PeerResult {
  readonly product: readonly WrkResult[];
  readonly peer: readonly WrkResult[];
}

export interface TurnOptions {
  readonly rounds: number;
  readonly seconds: number;
}

/** Keeps work after the answers out of the next measurement. */
const pauseMs = 200;
const warmUpSeconds = 2;
/** More requests with a body than any side answers per second. */
const maxNumberedPerSecond = 5_000;

/** Measures both sides in turns. @throws Error if a side answers anything but what it should */
export async function takeTurns<Data>(
  scenario: PeerScenario<Data>,
  sides: { readonly product: PreparedSide<Data>; readonly peer: PreparedSide<Data> },
  { rounds, seconds }: TurnOptions,
  signal: AbortSignal,
): Promise<PeerResult> {
  const measured = Math.max(seconds, scenario.minSeconds ?? 1);
  for (const side of [sides.product, sides.peer]) {
    await assertAnswers(scenario, side);
    await measure(scenario, side, warmUpSeconds, signal);
  }
  const results = { product: [] as WrkResult[], peer: [] as WrkResult[] };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['product', 'peer'] as const) : (['peer', 'product'] as const);
    for (const side of order) {
      results[side].push(await measure(scenario, sides[side], measured, signal));
      await sleep(pauseMs, undefined, { signal });
    }
  }
  return results;
}

async function assertAnswers<Data>(scenario: PeerScenario<Data>, { url, data }: PreparedSide<Data>): Promise<void> {
  const { status, body } = await probe(url, await scenario.load(data, nextNumbers(1)));
  if (status !== scenario.status) throw new Error(`${url} answers ${status}: ${body.slice(0, 300)}`);
}

async function measure<Data>(
  { load, connections }: PeerScenario<Data>,
  { url, data }: PreparedSide<Data>,
  seconds: number,
  signal: AbortSignal,
): Promise<WrkResult> {
  const numbers = nextNumbers((seconds + 1) * maxNumberedPerSecond);
  return runWrk({ url, load: await load(data, numbers), connections, seconds }, signal);
}
