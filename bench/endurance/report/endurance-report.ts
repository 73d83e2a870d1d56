import type { Machine } from '../../report/machine.js';
import type { Findings } from '../run-endurance.js';
import type { EnduranceOptions } from '../options.js';
import type { Trend } from '../trends.js';

export interface EnduranceReport {
  readonly startedAt: Date;
  readonly machine: Machine;
  readonly command: string;
  readonly options: EnduranceOptions;
  readonly findings: Findings;
  readonly trends: readonly Trend[];
  readonly problems: readonly string[];
}
