import type { WrkResult } from '../load/wrk.js';
import { spreadOf } from '../report/run-report.js';
import { table } from '../report/table.js';
import type { PeerScenario } from './peer-scenario.js';
import type { PeerResult } from './take-turns.js';

export type PeerRow = { readonly scenario: Pick<PeerScenario<never>, 'title' | 'connections' | 'goal'> } & (
  { readonly result: PeerResult } | { readonly reason: string }
);

const heads = ['scenario', 'connections', 'product / peer', 'goal', 'requests/s', 'p50 ms', 'p95 ms'];

/** Medians of the rounds with their spread; what could not be measured is named below the table. */
export function peerTable(rows: readonly PeerRow[]): string {
  const measured = rows.flatMap((row) => ('result' in row ? [cellsOf(row.scenario, row.result)] : []));
  const failed = rows.flatMap((row) => ('reason' in row ? [`${row.scenario.title}: no figures, ${row.reason}`] : []));
  const lines = measured.length === 0 ? [] : [...table(heads, measured), ''];
  return [...lines, 'Pairs are product / peer, the middle of the rounds.', ...failed].join('\n');
}

function cellsOf({ title, connections, goal }: PeerRow['scenario'], { product, peer }: PeerResult): string[] {
  const ratios = product.map(({ perSecond }, i) => perSecond / (peer[i]?.perSecond ?? NaN));
  const { min, median, max } = spreadOf(ratios);
  const pair = (of: (sample: WrkResult) => number, show: (values: readonly number[]) => string) =>
    [product, peer].map((side) => show(side.map(of))).join(' / ');
  return [
    title,
    String(connections),
    `**${median.toFixed(2)}** (${min.toFixed(2)}-${max.toFixed(2)})`,
    `${goal} ${median >= goal ? 'met' : 'missed'}`,
    pair(({ perSecond }) => perSecond, rate),
    pair(({ p50Ms }) => p50Ms, latency),
    pair(({ p95Ms }) => p95Ms, latency),
  ];
}

function rate(values: readonly number[]): string {
  const { min, median, max } = spreadOf(values);
  return `${median.toFixed(0)} (${min.toFixed(0)}-${max.toFixed(0)})`;
}

function latency(values: readonly number[]): string {
  return spreadOf(values).median.toFixed(1);
}
