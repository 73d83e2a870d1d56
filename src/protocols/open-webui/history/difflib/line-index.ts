/** In texts with at least this many lines, frequent lines of the new text are ignored. */
const minLinesForPopular = 200;

/** Both texts with a number for each line, the same for equal lines, and the offsets at which matches are searched. */
export interface LineIndex {
  /** The old text; -1 for a line that the new one has not. */
  readonly old: Int32Array;
  readonly current: Int32Array;
  /** Offsets in `current`, line by line, ascending for each: those of line n are from `ends[n - 1]`, or 0, up to `ends[n]`. */
  readonly places: Int32Array;
  readonly ends: Int32Array;
}

/** Popular lines, as in Python's difflib, have no offsets. They only extend a match of another line. */
export function indexLines(old: readonly string[], current: readonly string[]): LineIndex {
  const ids = new Map<string, number>();
  const currentIds = numbered(current, (line) => {
    const known = ids.get(line);
    if (known === undefined) ids.set(line, ids.size);
    return known ?? ids.size - 1;
  });
  const oldIds = numbered(old, (line) => ids.get(line) ?? -1);
  return { old: oldIds, current: currentIds, ...placesOf(currentIds, ids.size) };
}

/** `Int32Array.from` takes three times as long. */
function numbered(lines: readonly string[], idOf: (line: string) => number): Int32Array {
  const numbers = new Int32Array(lines.length);
  lines.forEach((line, offset) => (numbers[offset] = idOf(line)));
  return numbers;
}

function placesOf(current: Int32Array, differentLines: number): Pick<LineIndex, 'places' | 'ends'> {
  const counts = new Int32Array(differentLines);
  for (const id of current) counts[id] = (counts[id] ?? 0) + 1;
  const isPopular = popularityTest(counts, current.length);
  const ends = new Int32Array(differentLines);
  let total = 0;
  counts.forEach((count, id) => {
    ends[id] = total; // where its places begin; each place that is written moves it on
    if (!isPopular(id)) total += count;
  });
  const places = new Int32Array(total);
  current.forEach((id, offset) => {
    if (isPopular(id)) return;
    const free = ends[id] ?? 0;
    places[free] = offset;
    ends[id] = free + 1;
  });
  return { places, ends };
}

/** More often than once per hundred lines, plus one. */
function popularityTest(counts: Int32Array, lines: number): (id: number) => boolean {
  if (lines < minLinesForPopular) return () => false;
  const maxCount = Math.floor(lines / 100) + 1;
  return (id) => (counts[id] ?? 0) > maxCount;
}
