import type { ChangedRange } from '../../../../history/diff/changed-ranges.js';
import type { LineIndex } from './line-index.js';

/** `size` lines that follow each other in both texts: from offset `old` of the one, from `current` of the other. */
export interface Block {
  old: number;
  current: number;
  size: number;
}

/** Finds the longest runs of equal lines, without popular ones, until all steps are used up. */
export class RunSearch {
  /** At each offset of the new text the length of the run that ends before it, and in which row that was written. */
  private readonly lengths: Int32Array;
  private readonly rows: Int32Array;
  /**
   * Counts the lines of the old text that were read, with a gap before each search so that searches do not reuse
   * counts.
   */
  private row = 0;

  constructor(
    private readonly index: LineIndex,
    private stepsLeft: number,
  ) {
    this.lengths = new Int32Array(index.current.length + 1);
    this.rows = new Int32Array(index.current.length + 1);
  }

  /**
   * The longest run within the range; of several, the first of the old text, then of the new one. It has size 0 if
   * there is no run. The caller knows that no run is longer than `limit`, so the first of that size ends the search.
   * Undefined when the steps are used up.
   */
  longest(range: ChangedRange, limit: number): Block | undefined {
    const best = { old: range.fromStart, current: range.toStart, size: 0 };
    this.row += 1;
    for (let old = range.fromStart; old < range.fromEnd && best.size < limit; old += 1) {
      if (this.stepsLeft <= 0) return undefined;
      this.row += 1;
      this.stepsLeft -= 1;
      this.searchRow(old, range, best);
    }
    return best;
  }

  /** Puts into `best` the longest run that ends at this line of the old text, if it is longer. */
  private searchRow(old: number, { toStart, toEnd }: ChangedRange, best: Block): void {
    const { lengths, rows, row } = this;
    const { places, ends } = this.index;
    const line = this.index.old[old] ?? -1;
    const first = ends[line - 1] ?? 0;
    const end = firstAtLeast(places, toEnd, first, ends[line] ?? 0);
    let longest = best.size + 1;
    let at = end;
    // Backwards, so that what the row before wrote is read before this row overwrites it.
    for (; at > first; at -= 1) {
      const current = places[at - 1] ?? 0;
      if (current < toStart) break;
      const length = rows[current] === row - 1 ? (lengths[current] ?? 0) + 1 : 1;
      lengths[current + 1] = length;
      rows[current + 1] = row;
      if (length < longest) continue;
      longest = length;
      best.old = old - length + 1;
      best.current = current - length + 1;
      best.size = length;
    }
    this.stepsLeft -= end - at;
  }
}

/** The first index from `start` up to `end` whose value, of ascending ones, is not below `least`. */
function firstAtLeast(values: Int32Array, minimum: number, start: number, end: number): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < minimum) low = middle + 1;
    else high = middle;
  }
  return low;
}
