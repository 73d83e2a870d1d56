import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../run-program.js';
import { describeMachine } from '../report/machine.js';
import type { RunContext } from '../environment/bench-environment.js';
import { runEndurance } from './run-endurance.js';
import { help, type EnduranceOptions, readEnduranceOptions } from './options.js';
import { enduranceMarkdown } from './report/endurance-markdown.js';
import { enduranceChart } from './report/endurance-chart.js';
import type { EnduranceReport } from './report/endurance-report.js';
import { problemsOf, trendsOf } from './trends.js';

await runProgram('npm run bench:long', async (args, command, run) => {
  const options = readEnduranceOptions(args);
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const report = await reportOf(options, command, run);
  write(report);
  process.stdout.write(`${enduranceMarkdown(report)}\n`);
  run.tell(`results are in ${options.outFolder}`);
  return report.problems.length === 0 ? 0 : 1;
});

async function reportOf(options: EnduranceOptions, command: string, run: RunContext): Promise<EnduranceReport> {
  const startedAt = new Date();
  const findings = await runEndurance(options, run);
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

/** The folders of the run are left out, because they are no results. */
function write(report: EnduranceReport): void {
  const { outFolder, dataFolder: _, help: __, ...options } = report.options;
  const file = join(outFolder, options.killEverySeconds === undefined ? 'endurance' : 'endurance-kills');
  mkdirSync(outFolder, { recursive: true });
  writeFileSync(`${file}.json`, `${JSON.stringify({ ...report, options }, null, 1)}\n`);
  writeFileSync(`${file}.svg`, enduranceChart(report));
}
