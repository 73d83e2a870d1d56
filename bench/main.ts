import { once } from 'node:events';
import { compare, NotSpoken } from './load/compare.js';
import { assertWrk } from './load/wrk.js';
import { help, type Options, readOptions } from './options.js';
import { describeMachine } from './report/machine.js';
import { markdown } from './report/markdown.js';
import type { Result, RunReport } from './report/run-report.js';
import { writeResults } from './report/write-results.js';
import type { Comparison, Scenario } from './scenario.js';
import { comparisons, inspections } from './scenarios/all.js';
import { setStage, type Stage } from './stage/stage.js';

const everything: readonly Scenario[] = [...comparisons, ...inspections];
const tell = (message: string) => process.stderr.write(`${message}\n`);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  tell(error instanceof Error ? error.message : String(error));
  return 1;
});

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(`${help}\nScenarios: ${everything.map(({ name }) => name).join(', ')}\n`);
    return 0;
  }
  const report = await run(options, chosen(options.scenarios));
  writeResults(report, options.outFolder);
  process.stdout.write(`${markdown(report)}\n`);
  tell(`results are in ${options.outFolder}`);
  return report.results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

function chosen(names: readonly string[]): readonly Scenario[] {
  const unknown = names.find((name) => !everything.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}: --help names them`);
  return names.length === 0 ? everything : everything.filter(({ name }) => names.includes(name));
}

async function run(options: Options, scenarios: readonly Scenario[]): Promise<RunReport> {
  await assertWrk();
  const startedAt = new Date();
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    void once(process, signal).then(() => interrupt.abort(new Error('interrupted')));
  }
  await using stack = new AsyncDisposableStack();
  const { signal } = interrupt;
  const stage = await setStage(options, scenarios.filter(isComparison), { stack, signal, tell });
  const results: Result[] = [];
  for (const scenario of scenarios) {
    tell(scenario.title);
    results.push(await resultOf(scenario, stage, options));
    signal.throwIfAborted();
  }
  const machine = await describeMachine(stage.postgresVersion);
  return { startedAt, machine, options, command: commandLine(), results };
}

/** One scenario that fails leaves the others their figures. */
async function resultOf(scenario: Scenario, stage: Stage, options: Options): Promise<Result> {
  const { name, title } = scenario;
  try {
    if (!isComparison(scenario)) {
      return { outcome: 'inspected', name, title, figures: await scenario.inspect(stage) };
    }
    const { goal } = scenario;
    return { outcome: 'compared', name, title, goal, rows: await compare(scenario, stage, options) };
  } catch (error) {
    if (error instanceof NotSpoken) return { outcome: 'skipped', name, title };
    const reason = error instanceof Error ? error.message : String(error);
    tell(`  failed: ${reason}`);
    return { outcome: 'failed', name, title, reason };
  }
}

function isComparison(scenario: Scenario): scenario is Comparison {
  return 'load' in scenario;
}

function commandLine(): string {
  const args = process.argv.slice(2);
  return ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
}
