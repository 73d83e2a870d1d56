import { spreadOf } from '../../report/run-report.js';
import { table } from '../../report/table.js';
import type { Minute } from '../timeline.js';
import type { Findings } from '../run-endurance.js';
import { mix } from '../mix.js';
import type { EnduranceReport } from './endurance-report.js';
import { formatErrors } from './progress.js';

/** The report of a long run as Markdown. */
export function enduranceMarkdown(report: EnduranceReport): string {
  const { startedAt, machine, options, command, findings, problems } = report;
  const { cores, cpu, memoryGiB, node, postgres } = machine;
  const { capacity, perSecond } = findings;
  const rate = capacity === undefined ? '' : `, half of ${capacity.toFixed(0)} in a closed loop`;
  return [
    `${startedAt.toISOString().slice(0, 10)}, ${cores} cores (${cpu}), ${memoryGiB} GiB, generator included. ` +
      `Node ${node}, PostgreSQL ${postgres}. ${options.prompts} prompts; ${perSecond.toFixed(0)} requests a second${rate}, ` +
      `over ${options.connections} connections, for ${options.minutes} minutes.`,
    '',
    `\`${command}\``,
    '',
    ...trendTable(report),
    '',
    ...proofTable(findings),
    '',
    ...failuresOf(findings),
    '',
    ...minuteTable(findings.minutes),
    '',
    ...scenarioTable(findings.minutes),
    '',
    ...(problems.length === 0 ? ['All is as it must be.'] : problems.map((problem) => `- **${problem}**`)),
  ].join('\n');
}

function trendTable({ trends }: EnduranceReport): string[] {
  const rows = trends.map(({ what, unit, first, last, ratio, limit }) => {
    const values = [first, last].map((value) => `${value.toFixed(1)} ${unit}`);
    const verdict = limit === undefined ? 'not judged' : `${limit} ${ratio <= limit ? 'met' : 'missed'}`;
    return [what, ...values, ratio.toFixed(2), verdict];
  });
  return table(['middle of', 'first third', 'last third', 'last / first', 'limit'], rows);
}

function proofTable({ proofs }: Findings): string[] {
  const rows = proofs.map(({ what, made, acknowledged, unanswered, holds }) => {
    return [what, String(made), String(acknowledged), String(unanswered), holds ? 'holds' : '**does not hold**'];
  });
  return table(['counts', 'made', 'acknowledged', 'unanswered', ''], rows);
}

function failuresOf({ failures, kills, minutes, unexplained, unexpectedAnswers }: Findings): string[] {
  const requests = minutes.reduce((sum, minute) => sum + minute.requests, 0);
  const outcome = `${requests} requests answered, ${unexpectedAnswers} of them with another status than they should.`;
  if (kills.length === 0) return [`${outcome} ${failures.unexplained} were not answered.`, ...unexplained];
  return [
    `${outcome} ${kills.length} workers killed. Not answered: ${failures['in flight']} in flight on a connection to the killed ` +
      `one, ${failures['not seen closed']} sent on such a connection before it was seen closed, ` +
      `${failures.unexplained} for no such reason.`,
    ...unexplained.map((each) => `- ${each}`),
  ];
}

function minuteTable(minutes: readonly Minute[]): string[] {
  const heads = ['minute', 'requests', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'MiB', 'CPU ms/request', 'errors'];
  const rows = minutes.map((minute, i) => {
    const { requests, p50Ms, p95Ms, p99Ms, maxMs, memoryMiB, cpuMsPerRequest, errors } = minute;
    const latencies = [p50Ms, p95Ms, p99Ms, maxMs].map((ms) => ms.toFixed(1));
    const took = [memoryMiB.toFixed(0), cpuMsPerRequest.toFixed(2)];
    return [String(i + 1), String(requests), ...latencies, ...took, formatErrors(errors)];
  });
  const generator = minutes.map(({ generatorCpu }) => generatorCpu);
  const share = `${(spreadOf(generator).median * 100).toFixed(0)} % of one core`;
  return [...table(heads, rows), '', `The generator took ${share}.`];
}

function scenarioTable(minutes: readonly Minute[]): string[] {
  const rows = mix.map(({ scenario: { name, title }, weight }) => {
    const found = minutes.flatMap(({ scenarios }) => scenarios[name] ?? []);
    const middles = [found.map(({ p50Ms }) => p50Ms), found.map(({ p99Ms }) => p99Ms)].map((values) => {
      return spreadOf(values).median.toFixed(1);
    });
    const requests = found.reduce((sum, each) => sum + each.requests, 0);
    return [title, String(weight / 10), String(requests), ...middles];
  });
  return [
    ...table(['request', '% of the mix', 'answered', 'p50 ms', 'p99 ms'], rows),
    '',
    'Middles of the minutes. Latencies count from when a request was due.',
  ];
}
