import { spreadOf } from '../report/run-report.js';
import type { Minute } from './timeline.js';
import type { Findings } from './run-endurance.js';

/** Compares the last third of the run with the first, without the first minute, by the medians of their minutes. */
export interface Trend {
  readonly what: string;
  readonly unit: string;
  readonly first: number;
  readonly last: number;
  readonly ratio: number;
  /** The maximum ratio; undefined if the trend is not judged. */
  readonly limit: number | undefined;
}

/**
 * Other load on the machine changes the p99 of single minutes by half, but medians of ten minutes by a quarter at most.
 */
const maxP99Ratio = 1.25;
const maxMemoryRatio = 1.1;
/** Fewer minutes show no trend, because the first ones fill caches and compile code. */
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
    // If a process is killed every minute, the p99 shows how long its replacement takes.
    trend('p99', 'ms', kills.length > 0 ? undefined : maxP99Ratio, ({ p99Ms }) => p99Ms),
    trend('memory', 'MiB', maxMemoryRatio, ({ memoryMiB }) => memoryMiB),
    // The generator's memory is not the server's.
    trend('memory of the generator', 'MiB', undefined, ({ generatorMiB }) => generatorMiB),
  ];
}

/** Descriptions of all problems; empty if there are none. */
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
