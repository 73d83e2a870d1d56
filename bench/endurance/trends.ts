import { spreadOf } from '../report/run-report.js';
import type { Minute } from './timeline.js';
import type { Findings } from './run-endurance.js';

/** A figure of the last third of the run beside that of the first, without its first minute: middles of their minutes. */
export interface Trend {
  readonly what: string;
  readonly unit: string;
  readonly first: number;
  readonly last: number;
  readonly ratio: number;
  /** Most that still is flat; undefined: only told. */
  readonly limit: number | undefined;
}

/** A machine that does anything besides moves the p99 of single minutes by half; middles of ten by a quarter at most. */
const maxP99Ratio = 1.25;
const maxMemoryRatio = 1.1;
/** Less says nothing about a trend: the first minutes fill caches and compile code. */
const minMinutesJudged = 9;

export function trendsOf({ minutes, kills }: Pick<Findings, 'minutes' | 'kills'>): Trend[] {
  const third = Math.max(1, Math.floor(minutes.length / 3));
  const [first, last] = [minutes.slice(third > 1 ? 1 : 0, third), minutes.slice(-third)];
  const isLongEnough = minutes.length >= minMinutesJudged;
  const trend = (what: string, unit: string, limit: number | undefined, of: (minute: Minute) => number): Trend => {
    const [before, after] = [spreadOf(first.map(of)).median, spreadOf(last.map(of)).median];
    return { what, unit, first: before, last: after, ratio: after / before, limit: isLongEnough ? limit : undefined };
  };
  return [
    // Where a process dies every minute, its p99 says how long another takes to come, and how many had to wait for it.
    trend('p99', 'ms', kills.length > 0 ? undefined : maxP99Ratio, ({ p99Ms }) => p99Ms),
    trend('memory', 'MiB', maxMemoryRatio, ({ memoryMiB }) => memoryMiB),
    // Its own, which says nothing of the server.
    trend('memory of the generator', 'MiB', undefined, ({ generatorMiB }) => generatorMiB),
  ];
}

/** What is not as it must be, in words; empty if all is well. */
export function problemsOf(findings: Findings): string[] {
  const { failures, kills, killProblem, unexpectedAnswers } = findings;
  const unanswered = failures['in flight'] + failures['not seen closed'];
  return [
    ...(unexpectedAnswers > 0 ? [`${unexpectedAnswers} answers had another status than they should`] : []),
    ...(failures.unexplained > 0 ? [`${failures.unexplained} requests failed that no kill explains`] : []),
    ...(kills.length === 0 && unanswered > 0 ? [`${unanswered} requests failed`] : []),
    ...(killProblem === undefined ? [] : [killProblem]),
    ...findings.proofs.filter(({ holds }) => !holds).map(({ what }) => `counts do not agree: ${what}`),
    ...trendsOf(findings).flatMap(({ what, ratio, limit }) => {
      return limit === undefined || ratio <= limit
        ? []
        : [`${what} is not flat: ${ratio.toFixed(2)}, more than ${limit}`];
    }),
  ];
}
