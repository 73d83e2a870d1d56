import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToTheEnd } from '../command.js';
import { describeMachine } from '../report/machine.js';
import type { Run } from '../stage/ground.js';
import { endure } from './endure.js';
import { help, type LongOptions, readLongOptions } from './options.js';
import { longMarkdown } from './report/long-markdown.js';
import { longPicture } from './report/long-picture.js';
import type { LongReport } from './report/long-report.js';
import { problemsOf, trendsOf } from './verdict.js';

await runToTheEnd('npm run bench:long', async (args, command, run) => {
  const options = readLongOptions(args);
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const report = await reportOf(options, command, run);
  write(report);
  process.stdout.write(`${longMarkdown(report)}\n`);
  run.tell(`results are in ${options.outFolder}`);
  return report.problems.length === 0 ? 0 : 1;
});

async function reportOf(options: LongOptions, command: string, run: Run): Promise<LongReport> {
  const startedAt = new Date();
  const findings = await endure(options, run);
  return {
    startedAt,
    machine: await describeMachine(findings.postgresVersion),
    command,
    options,
    findings,
    trends: trendsOf(findings),
    problems: problemsOf(findings),
  };
}

/** The folders of the run are left out: they say nothing about it. */
function write(report: LongReport): void {
  const { outFolder, dataFolder: _, help: __, ...options } = report.options;
  const file = join(outFolder, options.killEverySeconds === undefined ? 'endurance' : 'endurance-kills');
  mkdirSync(outFolder, { recursive: true });
  writeFileSync(`${file}.json`, `${JSON.stringify({ ...report, options }, null, 1)}\n`);
  writeFileSync(`${file}.svg`, longPicture(report));
}
