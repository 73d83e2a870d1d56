import { diffArrays } from 'diff';

/**
 * A range of lines of the old text and the range of the new one that replaces it, as offsets from 0; an end is after
 * the last line.
 */
export interface ChangedRange {
  fromStart: number;
  fromEnd: number;
  toStart: number;
  toEnd: number;
}

/**
 * These limits keep the search under a tenth of a second. Its time grows with the square of the number of edits, and
 * with the product of edits and lines. They are counts, not a time limit, so that the same texts always give the same
 * result.
 */
const maxLines = 100_000;
const maxEdits = 400;

interface CommonLine {
  from: number;
  to: number;
}

/**
 * The ranges to replace in `old` to get `current`, from top to bottom. They have the fewest lines possible, unless the
 * search exceeds its limits; then one range spans from the first difference to the last.
 */
export function changedRanges(old: readonly string[], current: readonly string[]): ChangedRange[] {
  const head = commonHead(old, current);
  const tail = commonTail(old, current, Math.min(old.length, current.length) - head);
  const fromEnd = old.length - tail;
  const toEnd = current.length - tail;
  const common = commonLines(old.slice(head, fromEnd), current.slice(head, toEnd));
  const ranges: ChangedRange[] = [];
  let [fromStart, toStart] = [head, head];
  for (const { from, to } of [...common, { from: fromEnd - head, to: toEnd - head }]) {
    const range = { fromStart, fromEnd: head + from, toStart, toEnd: head + to };
    if (range.fromEnd > fromStart || range.toEnd > toStart) ranges.push(range);
    fromStart = range.fromEnd + 1;
    toStart = range.toEnd + 1;
  }
  return ranges;
}

function commonHead(old: readonly string[], current: readonly string[]): number {
  const length = Math.min(old.length, current.length);
  let count = 0;
  while (count < length && old[count] === current[count]) count += 1;
  return count;
}

function commonTail(old: readonly string[], current: readonly string[], length: number): number {
  let count = 0;
  while (count < length && old[old.length - 1 - count] === current[current.length - 1 - count]) count += 1;
  return count;
}

/** A longest common subsequence of both texts; empty if there is none, or if the search exceeds its limits. */
function* commonLines(old: readonly string[], current: readonly string[]): Generator<CommonLine> {
  if (old.length + current.length > maxLines) return;
  const [from, to] = sharedLines(old, current);
  const comparator = (left: SharedLine, right: SharedLine) => left.id === right.id;
  let passed = 0;
  for (const { value, added, removed } of diffArrays(from, to, { maxEditLength: maxEdits, comparator }) ?? []) {
    if (added) continue;
    if (!removed) yield* pairs(from.slice(passed, passed + value.length), value);
    passed += value.length;
  }
}

function* pairs(from: readonly SharedLine[], to: readonly SharedLine[]): Generator<CommonLine> {
  for (const [index, { offset }] of from.entries()) {
    const partner = to[index];
    if (partner) yield { from: offset, to: partner.offset };
  }
}

interface SharedLine {
  /** The same number for equal lines, because comparing long texts is slow. */
  id: number;
  offset: number;
}

/** The lines that occur in both texts. All others have changed; in the search each of them would count as an edit. */
function sharedLines(old: readonly string[], current: readonly string[]): [from: SharedLine[], to: SharedLine[]] {
  const ids = new Map(old.map((line, offset) => [line, offset]));
  const identify = (lines: readonly string[]) =>
    lines.flatMap((line, offset) => {
      const id = ids.get(line);
      return id === undefined ? [] : [{ id, offset }];
    });
  const to = identify(current);
  const sharedIds = new Set(to.map(({ id }) => id));
  return [identify(old).filter(({ id }) => sharedIds.has(id)), to];
}
