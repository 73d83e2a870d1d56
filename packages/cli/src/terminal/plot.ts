export interface Column {
  readonly name: string;
  readonly value: number;
}

export interface PlotOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly bar?: (text: string) => string;
}

const plotHeight = 8;
const barSymbols = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Draws columns with a scale on the left. Neighbouring columns are added up if they do not fit. */
export function plot(columns: readonly Column[], { width, bar = (text) => text }: PlotOptions): string[] {
  const top = Math.max(0, ...columns.map(({ value }) => value));
  if (top === 0) return ['no downloads in this time'];
  const scale = String(columns.reduce((sum, { value }) => sum + value, 0)).length;
  const shown = mergeColumns(columns, Math.max(1, Math.floor((width - scale - 3) / 2)));
  const max = Math.max(...shown.map(({ value }) => value));
  const margin = String(max).length;
  const rows = Array.from({ length: plotHeight }, (_, index) => {
    const cells = shown.map(({ value }) => cell(value / max, plotHeight - 1 - index)).join(' ');
    const mark = index === 0 ? String(max) : '';
    return `${mark.padStart(margin)} ┤ ${bar(cells)}`.trimEnd();
  });
  return [
    ...rows,
    `${'0'.padStart(margin)} ┴─${'─'.repeat(shown.length * 2)}`,
    axisLine(columns, margin + 3, shown.length * 2),
  ];
}

/** The part of a column in a row, counted from below. A small value has at least one eighth. */
function cell(height: number, row: number): string {
  const eighths = height === 0 ? 0 : Math.max(1, Math.round(height * plotHeight * 8));
  return barSymbols[Math.min(8, Math.max(0, eighths - row * 8))] ?? ' ';
}

function mergeColumns(columns: readonly Column[], max: number): readonly Column[] {
  if (columns.length <= max) return columns;
  const size = Math.ceil(columns.length / max);
  return Array.from({ length: Math.ceil(columns.length / size) }, (_, index) => {
    const together = columns.slice(index * size, (index + 1) * size);
    return { name: together[0]?.name ?? '', value: together.reduce((sum, { value }) => sum + value, 0) };
  });
}

/** The first name, and the last one if it fits. */
function axisLine(columns: readonly Column[], indent: number, width: number): string {
  const [first, last] = [columns[0]?.name ?? '', columns.length > 1 ? (columns.at(-1)?.name ?? '') : ''];
  const gap = width - first.length - last.length;
  return `${' '.repeat(indent)}${first}${gap > 0 ? ' '.repeat(gap) + last : ''}`.trimEnd();
}
