import { stripVTControlCharacters } from 'node:util';

const GAP = '  ';

/** Columns under each other; styled cells are measured without their style. The last column is as wide as it likes. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

/** Cut to a width, with `…` for what is missing. Styles may stand in what is kept, not where it is cut. */
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
