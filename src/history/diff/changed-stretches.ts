import { diffArrays } from 'diff';

/** Lines of the old text and what stands in the new one instead, as offsets from 0; an end is behind the last line. */
export interface Stretch {
  fromStart: number;
  fromEnd: number;
  toStart: number;
  toEnd: number;
}

/**
 * What keeps the search under a tenth of a second: its time grows with the square of the number of edits and with their
 * product with the number of lines. Counts and not a clock, so that the same texts always give the same answer.
 */
const MAX_LINES = 100_000;
const MAX_EDITS = 400;

interface KeptLine {
  from: number;
  to: number;
}

/**
 * What is to be replaced in `old` to get `current`, from top to bottom. The fewest lines possible, unless the texts are so
 * large or so different that the search is given up: then one stretch from the first difference to the last.
 */
export function changedStretches(old: readonly string[], current: readonly string[]): Stretch[] {
  const head = commonHead(old, current);
  const tail = commonTail(old, current, Math.min(old.length, current.length) - head);
  const fromEnd = old.length - tail;
  const toEnd = current.length - tail;
  const kept = keptLines(old.slice(head, fromEnd), current.slice(head, toEnd));
  const stretches: Stretch[] = [];
  let [fromStart, toStart] = [head, head];
  for (const { from, to } of [...kept, { from: fromEnd - head, to: toEnd - head }]) {
    const stretch = { fromStart, fromEnd: head + from, toStart, toEnd: head + to };
    if (stretch.fromEnd > fromStart || stretch.toEnd > toStart) stretches.push(stretch);
    fromStart = stretch.fromEnd + 1;
    toStart = stretch.toEnd + 1;
  }
  return stretches;
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

/** A longest common subsequence of both; nothing if there is none, or none that is found within the limits. */
function* keptLines(old: readonly string[], current: readonly string[]): Generator<KeptLine> {
  if (old.length + current.length > MAX_LINES) return;
  const [from, to] = sharedLines(old, current);
  const comparator = (left: SharedLine, right: SharedLine) => left.id === right.id;
  let passed = 0;
  for (const { value, added, removed } of diffArrays(from, to, { maxEditLength: MAX_EDITS, comparator }) ?? []) {
    if (added) continue;
    if (!removed) yield* pairs(from.slice(passed, passed + value.length), value);
    passed += value.length;
  }
}

function* pairs(from: readonly SharedLine[], to: readonly SharedLine[]): Generator<KeptLine> {
  for (const [index, { offset }] of from.entries()) {
    const partner = to[index];
    if (partner) yield { from: offset, to: partner.offset };
  }
}

interface SharedLine {
  /** The same for equal lines; comparing the texts themselves would take longer the longer they are. */
  id: number;
  offset: number;
}

/** The lines of both that the other has too. All others cannot be kept; in the search each of them would count as an edit. */
function sharedLines(old: readonly string[], current: readonly string[]): [from: SharedLine[], to: SharedLine[]] {
  const ids = new Map(old.map((line, offset) => [line, offset]));
  const identify = (lines: readonly string[]) =>
    lines.flatMap((line, offset) => {
      const id = ids.get(line);
      return id === undefined ? [] : [{ id, offset }];
    });
  const to = identify(current);
  const wanted = new Set(to.map(({ id }) => id));
  return [identify(old).filter(({ id }) => wanted.has(id)), to];
}
