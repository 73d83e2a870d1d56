import type { ChangedRange } from '../../../../history/diff/changed-ranges.js';
import type { Block } from './run-search.js';

const contextLines = 3;

/** Changes with the lines around and between them. */
export interface Hunk extends ChangedRange {
  /** At least one, from top to bottom. */
  readonly changes: readonly ChangedRange[];
}

/** The changes between the blocks. `oldLines` and `currentLines` are the lengths of the texts. */
export function changesBetween(blocks: readonly Block[], oldLines: number, currentLines: number): ChangedRange[] {
  const changes: ChangedRange[] = [];
  let [fromStart, toStart] = [0, 0];
  for (const { old, current, size } of [...blocks, { old: oldLines, current: currentLines, size: 0 }]) {
    if (old > fromStart || current > toStart) changes.push({ fromStart, fromEnd: old, toStart, toEnd: current });
    [fromStart, toStart] = [old + size, current + size];
  }
  return changes;
}

/** Changes whose context would touch or overlap share a hunk. `oldLines` is the length of the old text. */
export function hunksOf(changes: readonly ChangedRange[], oldLines: number): Hunk[] {
  const groups: ChangedRange[][] = [];
  let end = -Infinity;
  for (const change of changes) {
    if (change.fromStart - end <= 2 * contextLines) groups.at(-1)?.push(change);
    else groups.push([change]);
    end = change.fromEnd;
  }
  return groups.flatMap((group) => withContext(group, oldLines));
}

/** The lines before the first change and behind the last one are the same in both texts, and as many. */
function withContext(changes: readonly ChangedRange[], oldLines: number): Hunk[] {
  const [first, last] = [changes[0], changes.at(-1)];
  if (!first || !last) return [];
  const lead = Math.min(contextLines, first.fromStart);
  const trail = Math.min(contextLines, oldLines - last.fromEnd);
  return [
    {
      fromStart: first.fromStart - lead,
      fromEnd: last.fromEnd + trail,
      toStart: first.toStart - lead,
      toEnd: last.toEnd + trail,
      changes,
    },
  ];
}
