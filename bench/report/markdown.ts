import type { ComparisonResult, Sample } from '../load/compare.js';
import type { Figure } from '../scenario.js';
import { type Result, type RunReport, spreadOf } from './run-report.js';
import { table } from './table.js';

/** The report of a run as Markdown. */
export function markdown({ startedAt, machine, options, command, results }: RunReport): string {
  const { cores, cpu, memoryGiB, node, postgres, wrk } = machine;
  return [
    `${startedAt.toISOString().slice(0, 10)}, ${cores} cores (${cpu}), ${memoryGiB} GiB, generator included. ` +
      `Node ${node}, PostgreSQL ${postgres}, wrk ${wrk}. ${options.prompts} prompts; ${options.rounds} rounds of ` +
      `${options.seconds} s on each side, in turns.`,
    '',
    `\`${command}\``,
    '',
    ...comparisonTable(results),
    '',
    ...figureTable(results),
    ...results.flatMap(remark),
  ].join('\n');
}

const columns = [
  'scenario',
  'connections',
  'product / floor',
  'goal',
  'requests/s',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'CPU ms/request',
  'peak MiB',
];

function comparisonTable(results: readonly Result[]): string[] {
  const rows = results.flatMap((result) =>
    result.outcome === 'compared'
      ? result.rows.map((row) => comparisonRow(result.title, row.goal ?? result.goal, row))
      : [],
  );
  if (rows.length === 0) return [];
  return [...table(columns, rows), '', 'Pairs are product / floor, the middle of the rounds.'];
}

function comparisonRow(
  title: string,
  goal: number | undefined,
  { connections, ratios, product, floor }: ComparisonResult,
) {
  const { min, median, max } = spreadOf(ratios);
  const pair = (of: (sample: Sample) => number, digits: number) =>
    [product, floor].map((side) => spreadOf(side.map(of)).median.toFixed(digits)).join(' / ');
  return [
    title,
    String(connections),
    `**${median.toFixed(2)}** (${min.toFixed(2)}-${max.toFixed(2)})`,
    goal === undefined
      ? ''
      : `${goal.toFixed(goal * 10 === Math.round(goal * 10) ? 1 : 2)} ${median >= goal ? 'met' : 'missed'}`,
    pair(({ perSecond }) => perSecond, 0),
    pair(({ p50Ms }) => p50Ms, 1),
    pair(({ p95Ms }) => p95Ms, 1),
    pair(({ p99Ms }) => p99Ms, 1),
    pair(({ cpuMsPerRequest }) => cpuMsPerRequest, 2),
    pair(({ peakMiB }) => peakMiB, 0),
  ];
}

function figureTable(results: readonly Result[]): string[] {
  const figures = results.flatMap((result) => (result.outcome === 'inspected' ? result.figures : []));
  if (figures.length === 0) return [];
  return [...table(['figure', 'value', 'wanted', 'beside it'], figures.map(figureRow)), ''];
}

function figureRow({ what, unit, values, limit, goal, beside = [] }: Figure): string[] {
  const { median } = spreadOf(values);
  const wanted = [
    ...(limit === undefined ? [] : [`${limit} ${unit} ${median <= limit ? 'met' : 'missed'}`]),
    ...(goal === undefined ? [] : [`at least ${goal} ${unit} ${median >= goal ? 'met' : 'missed'}`]),
  ];
  return [what, valueOf(unit, values), wanted.join(', '), beside.map(phraseOf).join('; ')];
}

function phraseOf({ what, unit, values }: Figure): string {
  return `${what} ${valueOf(unit, values)}`;
}

function valueOf(unit: Figure['unit'], values: readonly number[]): string {
  const digits = unit === 'x' ? 2 : 0;
  const { min, median, max } = spreadOf(values);
  const range = values.length > 1 ? ` (${min.toFixed(digits)}-${max.toFixed(digits)})` : '';
  return `${median.toFixed(digits)} ${unit}${range}`;
}

function remark(result: Result): string[] {
  if (result.outcome === 'skipped') return [`${result.title}: not measured, ${result.reason}`];
  return result.outcome === 'failed' ? [`${result.title}: no figures, ${result.reason}`] : [];
}
