import type { ChangedRange } from '../../../../history/diff/changed-ranges.js';
import type { LineIndex } from './line-index.js';
import { RunSearch, type Block } from './run-search.js';

/**
 * How many lines of the old text, and their offsets in the new one, are read before the search stops: a third of a
 * second. Texts of 20 000 lines with ordinary edits take at most 10 000 000. It is a count, not a time limit, so that
 * the same texts always give the same result.
 */
export const maxSteps = 25_000_000;

interface OpenRange {
  readonly range: ChangedRange;
  /** No run in the range is longer, because it would have been found before. */
  readonly limit: number;
}

/**
 * The blocks that Python's difflib keeps, by Ratcliff and Obershelp: the longest one, then the longest on either side
 * of it, and so on. In the order of the texts; two may follow each other without a gap. When the steps are used up,
 * only the common beginning and end of an open range are matched.
 */
export function matchingBlocks(index: LineIndex, steps = maxSteps): Block[] {
  const search = new RunSearch(index, steps);
  const whole = { fromStart: 0, fromEnd: index.old.length, toStart: 0, toEnd: index.current.length };
  const open: OpenRange[] = openRange(whole, Infinity);
  const blocks: Block[] = [];
  // It grows during the iteration: level by level, so that the ranges that are given up are small.
  for (const { range, limit } of open) {
    const run = search.longest(range, limit);
    if (!run) {
      blocks.push(...commonEnds(index, range));
      continue;
    }
    const block = extendBlock(index, run, range);
    if (block.size === 0) continue;
    blocks.push(block);
    open.push(...openRange({ ...range, fromEnd: block.old, toEnd: block.current }, run.size));
    const after = { fromStart: block.old + block.size, toStart: block.current + block.size };
    open.push(...openRange({ ...range, ...after }, run.size));
  }
  return blocks.sort((left, right) => left.old - right.old);
}

/** A range in which lines can match. */
function openRange(range: ChangedRange, limit: number): OpenRange[] {
  const shorter = Math.min(range.fromEnd - range.fromStart, range.toEnd - range.toStart);
  return shorter === 0 ? [] : [{ range, limit: Math.min(limit, shorter) }];
}

/** The run with the equal lines around it, including popular ones, within the range. */
function extendBlock(index: LineIndex, run: Block, { fromStart, fromEnd, toStart, toEnd }: ChangedRange): Block {
  const before = equalBackwards(index, run.old, run.current, Math.min(run.old - fromStart, run.current - toStart));
  const [old, current] = [run.old + run.size, run.current + run.size];
  const after = equalForwards(index, old, current, Math.min(fromEnd - old, toEnd - current));
  return { old: run.old - before, current: run.current - before, size: before + run.size + after };
}

function commonEnds(index: LineIndex, { fromStart, fromEnd, toStart, toEnd }: ChangedRange): Block[] {
  const shorter = Math.min(fromEnd - fromStart, toEnd - toStart);
  const head = equalForwards(index, fromStart, toStart, shorter);
  const tail = equalBackwards(index, fromEnd, toEnd, shorter - head);
  const ends = [
    { old: fromStart, current: toStart, size: head },
    { old: fromEnd - tail, current: toEnd - tail, size: tail },
  ];
  return ends.filter(({ size }) => size > 0);
}

function equalForwards({ old, current }: LineIndex, fromStart: number, toStart: number, maxCount: number): number {
  let count = 0;
  while (count < maxCount && old[fromStart + count] === current[toStart + count]) count += 1;
  return count;
}

function equalBackwards({ old, current }: LineIndex, fromEnd: number, toEnd: number, maxCount: number): number {
  let count = 0;
  while (count < maxCount && old[fromEnd - 1 - count] === current[toEnd - 1 - count]) count += 1;
  return count;
}
