/** A table of Markdown: the first column to the left, the others to the right. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const marks = heads.map((_, i) => (i === 0 ? '---' : '--:'));
  return [heads, marks, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
