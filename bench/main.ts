import { runProgram } from './run-program.js';
import { compare, type ComparisonResult } from './load/compare.js';
import { assertWrk } from './load/wrk.js';
import { help, type Options, readOptions } from './options.js';
import { describeMachine } from './report/machine.js';
import { markdown } from './report/markdown.js';
import type { Result, RunReport } from './report/run-report.js';
import { writeResults } from './report/write-results.js';
import type { Comparison, Scenario } from './scenario.js';
import { ScenarioSkipped } from './scenario-skipped.js';
import { comparisons, inspections } from './scenarios/all.js';
import type { RunContext } from './environment/bench-environment.js';
import { createTestbed, type Testbed } from './environment/testbed.js';

const everything: readonly Scenario[] = [...comparisons, ...inspections];

await runProgram('npm run bench', async (args, command, run) => {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(`${help}\nScenarios: ${everything.map(({ name }) => name).join(', ')}\n`);
    return 0;
  }
  const report = await measure(options, command, run);
  writeResults(report, options.outFolder);
  process.stdout.write(`${markdown(report)}\n`);
  run.tell(`results are in ${options.outFolder}`);
  return report.results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
});

function chosen({ scenarios: names, isQuick }: Options): readonly Scenario[] {
  const unknown = names.find((name) => !everything.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}: --help names them`);
  if (names.length > 0) return everything.filter(({ name }) => names.includes(name));
  return isQuick ? everything.filter((scenario) => isComparison(scenario) || !scenario.takesLong) : everything;
}

async function measure(options: Options, command: string, run: RunContext): Promise<RunReport> {
  await assertWrk();
  const startedAt = new Date();
  const scenarios = chosen(options);
  const testbed = await createTestbed(options, scenarios.filter(isComparison), run);
  const results: Result[] = [];
  for (const scenario of scenarios) {
    run.tell(scenario.title);
    results.push(await resultOf(scenario, testbed, options, run));
    run.signal.throwIfAborted();
  }
  const machine = await describeMachine(testbed.postgresVersion);
  return { startedAt, machine, options, command, results };
}

/** A failing scenario does not affect the others. */
async function resultOf(scenario: Scenario, testbed: Testbed, options: Options, { tell }: RunContext): Promise<Result> {
  const { name, title } = scenario;
  try {
    if (!isComparison(scenario)) {
      return { outcome: 'inspected', name, title, figures: await scenario.inspect(testbed) };
    }
    const { goal } = scenario;
    return { outcome: 'compared', name, title, goal, rows: await rowsOf(scenario, testbed, options) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ScenarioSkipped) return { outcome: 'skipped', name, title, reason };
    tell(`  failed: ${reason}`);
    return { outcome: 'failed', name, title, reason };
  }
}

async function rowsOf(comparison: Comparison, testbed: Testbed, options: Options): Promise<ComparisonResult[]> {
  if (comparison.store === undefined) return compare(comparison, testbed, options);
  await using stack = new AsyncDisposableStack();
  return await compare(comparison, await testbed.startOnMinio(stack), options);
}

function isComparison(scenario: Scenario): scenario is Comparison {
  return 'load' in scenario;
}
