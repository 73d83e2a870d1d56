import type { Stretch } from '../../../../history/diff/changed-stretches.js';
import type { LineIndex } from './line-index.js';
import { RunSearch, type Block } from './run-search.js';

/**
 * How many lines of the old text, and places of them in the new one, are looked at before what is still open is given up:
 * a third of a second. Texts of 20 000 lines with ordinary edits take at most 10 000 000. A count and not a clock, so
 * that the same texts always give the same answer.
 */
export const MAX_STEPS = 25_000_000;

interface Open {
  readonly stretch: Stretch;
  /** No run in the stretch is longer: it would have been found before the one that cut the stretch off. */
  readonly limit: number;
}

/**
 * The blocks that Python's difflib keeps, by Ratcliff and Obershelp: the longest one, then the longest on either side of it,
 * and so on. In the order of the texts; two may follow each other without a gap. Once the steps are spent, an open
 * stretch keeps no more than what both of its sides begin and end with.
 */
export function matchingBlocks(index: LineIndex, steps = MAX_STEPS): Block[] {
  const search = new RunSearch(index, steps);
  const whole = { fromStart: 0, fromEnd: index.old.length, toStart: 0, toEnd: index.current.length };
  const open: Open[] = openIfBoth(whole, Infinity);
  const blocks: Block[] = [];
  // It grows while it is walked: level by level, so that what is given up last is small.
  for (const { stretch, limit } of open) {
    const run = search.longest(stretch, limit);
    if (!run) {
      blocks.push(...commonEnds(index, stretch));
      continue;
    }
    const block = lengthened(index, run, stretch);
    if (block.size === 0) continue;
    blocks.push(block);
    open.push(...openIfBoth({ ...stretch, fromEnd: block.old, toEnd: block.current }, run.size));
    const after = { fromStart: block.old + block.size, toStart: block.current + block.size };
    open.push(...openIfBoth({ ...stretch, ...after }, run.size));
  }
  return blocks.sort((left, right) => left.old - right.old);
}

/** A stretch in which something could match. */
function openIfBoth(stretch: Stretch, limit: number): Open[] {
  const shorter = Math.min(stretch.fromEnd - stretch.fromStart, stretch.toEnd - stretch.toStart);
  return shorter === 0 ? [] : [{ stretch, limit: Math.min(limit, shorter) }];
}

/** The run with the equal lines around it, popular ones too, as far as the stretch reaches. */
function lengthened(index: LineIndex, run: Block, { fromStart, fromEnd, toStart, toEnd }: Stretch): Block {
  const before = equalBackwards(index, run.old, run.current, Math.min(run.old - fromStart, run.current - toStart));
  const [old, current] = [run.old + run.size, run.current + run.size];
  const after = equalForwards(index, old, current, Math.min(fromEnd - old, toEnd - current));
  return { old: run.old - before, current: run.current - before, size: before + run.size + after };
}

function commonEnds(index: LineIndex, { fromStart, fromEnd, toStart, toEnd }: Stretch): Block[] {
  const shorter = Math.min(fromEnd - fromStart, toEnd - toStart);
  const head = equalForwards(index, fromStart, toStart, shorter);
  const tail = equalBackwards(index, fromEnd, toEnd, shorter - head);
  const ends = [
    { old: fromStart, current: toStart, size: head },
    { old: fromEnd - tail, current: toEnd - tail, size: tail },
  ];
  return ends.filter(({ size }) => size > 0);
}

function equalForwards({ old, current }: LineIndex, fromStart: number, toStart: number, most: number): number {
  let count = 0;
  while (count < most && old[fromStart + count] === current[toStart + count]) count += 1;
  return count;
}

function equalBackwards({ old, current }: LineIndex, fromEnd: number, toEnd: number, most: number): number {
  let count = 0;
  while (count < most && old[fromEnd - 1 - count] === current[toEnd - 1 - count]) count += 1;
  return count;
}
