type Cell = string | number;
type Row = readonly Cell[];

/** A whole table. RFC 4180. */
export function toCsv(header: readonly string[], rows: readonly Row[]): string {
  return csvLines([header, ...rows]);
}

/**
 * Lines of a table. Text that a spreadsheet would run as a formula is prefixed with an apostrophe, so that it remains
 * text.
 */
export function csvLines(rows: readonly Row[]): string {
  return rows.map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

function toCell(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
