import { changesBetween, hunksOf, type Hunk } from './hunks.js';
import { indexLines } from './line-index.js';
import { matchingBlocks } from './matching-blocks.js';
import { splitLines } from './split-lines.js';

/**
 * Returns the same as Python's `difflib.unified_diff` for the lines of both texts with `lineterm=''`, with headers;
 * nothing for equal texts. After `maxSteps` (`matching-blocks.ts`) the diff is still correct, but longer than Python's.
 */
export function unifiedDiff(from: string, to: string, names: { from: string; to: string }): string[] {
  const old = splitLines(from);
  const current = splitLines(to);
  const blocks = matchingBlocks(indexLines(old, current));
  const hunks = hunksOf(changesBetween(blocks, old.length, current.length), old.length);
  if (hunks.length === 0) return [];
  return [`--- ${names.from}`, `+++ ${names.to}`, ...hunks.flatMap((hunk) => linesOf(hunk, old, current))];
}

function linesOf(hunk: Hunk, old: readonly string[], current: readonly string[]): string[] {
  const lines = [`@@ -${range(hunk.fromStart, hunk.fromEnd)} +${range(hunk.toStart, hunk.toEnd)} @@`];
  let shown = hunk.fromStart;
  for (const { fromStart, fromEnd, toStart, toEnd } of hunk.changes) {
    addLines(lines, ' ', old.slice(shown, fromStart));
    addLines(lines, '-', old.slice(fromStart, fromEnd));
    addLines(lines, '+', current.slice(toStart, toEnd));
    shown = fromEnd;
  }
  addLines(lines, ' ', old.slice(shown, hunk.fromEnd));
  return lines;
}

function addLines(lines: string[], sign: ' ' | '-' | '+', added: readonly string[]): void {
  for (const line of added) lines.push(sign + line);
}

/** Lines count from 1. The count is left out for one line. An empty range has the number of the line before. */
function range(start: number, end: number): string {
  const count = end - start;
  if (count === 1) return `${start + 1}`;
  return `${count === 0 ? start : start + 1},${count}`;
}
