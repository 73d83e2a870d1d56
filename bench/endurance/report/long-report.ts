import type { Machine } from '../../report/machine.js';
import type { Findings } from '../endure.js';
import type { LongOptions } from '../options.js';
import type { Trend } from '../verdict.js';

export interface LongReport {
  readonly startedAt: Date;
  readonly machine: Machine;
  readonly command: string;
  readonly options: LongOptions;
  readonly findings: Findings;
  readonly trends: readonly Trend[];
  readonly problems: readonly string[];
}
