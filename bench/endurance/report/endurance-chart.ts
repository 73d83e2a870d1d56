import { text, vertical } from '../../report/svg.js';
import type { Minute } from '../timeline.js';
import type { EnduranceReport } from './endurance-report.js';

const [width, height] = [900, 520];
const [left, right] = [70, 20];
const panelHeight = 180;
const colours = { p50: '#4a6fa5', p99: '#b3402e', memory: '#2e7d4f', kill: '#999', grid: '#ddd' };

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly top: number;
  readonly lines: readonly {
    readonly name: string;
    readonly colour: string;
    readonly of: (minute: Minute) => number;
  }[];
}

const panels: readonly Panel[] = [
  {
    title: 'Latency from when a request was due',
    unit: 'ms',
    top: 70,
    lines: [
      { name: 'p50', colour: colours.p50, of: ({ p50Ms }) => p50Ms },
      { name: 'p99', colour: colours.p99, of: ({ p99Ms }) => p99Ms },
    ],
  },
  {
    title: 'Memory of the server',
    unit: 'MiB',
    top: 300,
    lines: [{ name: 'all processes', colour: colours.memory, of: ({ memoryMiB }) => memoryMiB }],
  },
];

/** A chart of latency and memory by minute, with the kills as vertical lines. */
export function enduranceChart({ startedAt, machine, findings }: EnduranceReport): string {
  const { minutes, kills, perSecond } = findings;
  const date = startedAt.toISOString().slice(0, 10);
  const rate = `${perSecond.toFixed(0)} requests a second`;
  const marks = kills.length === 0 ? '' : ` Dashed: kill -9 of one of two workers, ${kills.length} times.`;
  const caption = `${date}, ${machine.cores} cores, PostgreSQL ${machine.postgres}, ${rate}.${marks}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(10, 20, 'Mixed load, minute by minute', 'font-weight="bold"'),
    text(10, 38, caption, 'fill="#555"'),
    ...panels.flatMap((panel) => draw(panel, minutes, kills)),
    '</svg>\n',
  ].join('\n');
}

function draw({ title, unit, top, lines }: Panel, minutes: readonly Minute[], kills: readonly number[]): string[] {
  const bottom = top + panelHeight;
  const step = stepFor(Math.max(1, ...lines.flatMap(({ of }) => minutes.map(of).filter(Number.isFinite))));
  const x = (minute: number) => left + (minute / minutes.length) * (width - left - right);
  const y = (value: number) => bottom - (value / (step * 4)) * panelHeight;
  const steps = [0, 1, 2, 3, 4].map((n) => n * step);
  const every = Math.ceil(minutes.length / 15);
  const ends = minutes.map((_, i) => i + 1).filter((minute) => minute % every === 0);
  return [
    text(left, top - 10, `${title}, ${unit}`, ''),
    ...lines.map(({ name, colour }, i) => text(width - right - i * 60, top - 10, name, legend(colour))),
    ...steps.flatMap((value) => [
      `<line x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}" stroke="${colours.grid}"/>`,
      text(left - 8, y(value) + 4, String(value), 'text-anchor="end" fill="#888" font-size="10"'),
    ]),
    ...ends.map((minute) =>
      text(x(minute), bottom + 16, `${minute} min`, 'text-anchor="middle" fill="#888" font-size="10"'),
    ),
    ...kills.map((at) => vertical(x(at), top, bottom, colours.kill, 1).replace('/>', ' stroke-dasharray="3 3"/>')),
    ...lines.map(({ colour, of }) => {
      // The point of a minute is in its middle.
      const points = minutes
        .map((minute, i) => [x(i + 0.5), y(of(minute))] as const)
        .filter(([, at]) => Number.isFinite(at));
      const list = points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ');
      return `<polyline points="${list}" fill="none" stroke="${colour}" stroke-width="2"/>`;
    }),
  ];
}

function legend(colour: string): string {
  return `text-anchor="end" fill="${colour}" font-weight="bold"`;
}

/** A round number of which four are at least `most`. */
function stepFor(max: number): number {
  const size = 10 ** Math.floor(Math.log10(max / 4));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((step) => step * 4 >= max) ?? max;
}
