import type { ComparisonResult } from '../load/compare.js';
import type { Options } from '../options.js';
import type { Figure } from '../scenario.js';
import type { Machine } from './machine.js';

/** The results of a run. */
export interface RunReport {
  readonly startedAt: Date;
  readonly machine: Machine;
  readonly options: Options;
  readonly command: string;
  readonly results: readonly Result[];
}

export type Result = { readonly name: string; readonly title: string } & (
  | { readonly outcome: 'compared'; readonly goal: number | undefined; readonly rows: readonly ComparisonResult[] }
  | { readonly outcome: 'inspected'; readonly figures: readonly Figure[] }
  | { readonly outcome: 'skipped'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly reason: string }
);

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0] ?? NaN, median: medianOf(sorted), max: sorted.at(-1) ?? NaN };
}

function medianOf(sorted: readonly number[]): number {
  const [low = NaN, high = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
