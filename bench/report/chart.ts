import { type Result, type RunReport, type Spread, spreadOf } from './run-report.js';
import { text, vertical } from './svg.js';

const barHeight = 14;
const gap = 4;
const groupGap = 14;
const left = 240;
const width = 900;
const top = 56;
const colours = { met: '#2e7d4f', missed: '#b3402e', open: '#4a6fa5', spread: '#222', goal: '#222' };

interface Bar {
  readonly label: string;
  readonly ratio: Spread;
  readonly goal: number | undefined;
  readonly y: number;
}

/** A chart of product / floor and of two processes / one, with their spread, and the goals as lines. */
export function chart({ startedAt, machine, results }: RunReport): string {
  const bars: Bar[] = [];
  let y = top;
  for (const rows of results.map(ratiosOf)) {
    if (rows.length === 0) continue;
    for (const row of rows) {
      bars.push({ ...row, y });
      y += barHeight + gap;
    }
    y += groupGap;
  }
  const greatest = Math.max(1, ...bars.map(({ ratio, goal = 0 }) => Math.max(ratio.max, goal)));
  const scale = scaleTo(greatest);
  const caption = `${startedAt.toISOString().slice(0, 10)}, ${machine.cores} cores, PostgreSQL ${machine.postgres}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 10}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(
      10,
      20,
      'Requests per second: product / floor by scenario and connections, and two processes / one',
      'font-weight="bold"',
    ),
    text(10, 38, `${caption}. Thick mark: goal. Thin line: spread of the rounds. Scale: square root.`, 'fill="#555"'),
    ...grid(greatest, scale, y),
    ...bars.flatMap((bar) => draw(bar, scale)),
    '</svg>\n',
  ].join('\n');
}

function ratiosOf(result: Result): Omit<Bar, 'y'>[] {
  if (result.outcome === 'compared') {
    const { title, goal, rows } = result;
    return rows.map((row) => ({
      label: `${title}, ${row.connections}`,
      ratio: spreadOf(row.ratios),
      goal: row.goal ?? goal,
    }));
  }
  const figures = result.outcome === 'inspected' ? result.figures : [];
  const aimed = figures.filter(({ unit, goal }) => unit === 'x' && goal !== undefined);
  return aimed.map(({ what, values, goal }) => ({ label: what, ratio: spreadOf(values), goal }));
}

type Scale = (ratio: number) => number;

/** A square root scale shows ratios from 0.3 to 20 in one chart. */
function scaleTo(greatest: number): Scale {
  return (ratio) => left + Math.sqrt(ratio / greatest) * (width - left - 70);
}

function grid(greatest: number, scale: Scale, bottom: number): string[] {
  const steps = [0, 0.5, 1, 2, 3, 5, 10, 20, 50, 100].filter((step) => step <= greatest);
  return steps.flatMap((step) => [
    vertical(scale(step), top - 4, bottom, step === 1 ? '#888' : '#ddd', 1),
    text(scale(step), top - 6, String(step), 'text-anchor="middle" fill="#888" font-size="9"'),
  ]);
}

function draw({ label, ratio, goal, y }: Bar, scale: Scale): string[] {
  const middle = y + barHeight / 2;
  const baseline = y + barHeight - 3;
  const [least, most] = [scale(ratio.min), scale(ratio.max)].map((x) => x.toFixed(1));
  const barWidth = (scale(ratio.median) - left).toFixed(1);
  return [
    text(left - 8, baseline, label, 'text-anchor="end"'),
    `<rect x="${left}" y="${y}" width="${barWidth}" height="${barHeight}" fill="${colourOf(ratio.median, goal)}"/>`,
    `<line x1="${least}" x2="${most}" y1="${middle}" y2="${middle}" stroke="${colours.spread}"/>`,
    ...(goal === undefined ? [] : [vertical(scale(goal), y - 2, y + barHeight + 2, colours.goal, 3)]),
    text(Math.max(scale(ratio.max), scale(goal ?? 0)) + 6, baseline, ratio.median.toFixed(2), ''),
  ];
}

function colourOf(ratio: number, goal: number | undefined): string {
  if (goal === undefined) return colours.open;
  return ratio >= goal ? colours.met : colours.missed;
}
