import { stripVTControlCharacters } from 'node:util';

const columnGap = '  ';

/** Aligns columns. Styled cells are measured without their style. The last column is not padded. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join(columnGap)
      .trimEnd(),
  );
}

/** Truncates a line to a width, with `…` at the end. The truncated part must not contain styles. */
export function truncate(line: string, columns: number): string {
  const characters = [...line];
  const width = columns + characters.length - widthOf(line);
  return characters.length <= width ? line : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(width - widthOf(cell));
}

function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
