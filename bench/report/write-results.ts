import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from './chart.js';
import type { RunReport } from './run-report.js';

/** Writes `results.json` and `results.svg`. The folders of the run are left out, because they are no results. */
export function writeResults(report: RunReport, folder: string): void {
  const { prompts, seconds, rounds } = report.options;
  const json = { ...report, options: { prompts, seconds, rounds } };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(json, null, 1)}\n`);
  writeFileSync(join(folder, 'results.svg'), chart(report));
}
