import { Range, SemVer } from 'semver';

/** Plain versions from `from` up to, not including, `to`: major, minor, patch. */
export interface Interval {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
}

const beyondAll = 2 ** 31;
const all: Interval = { from: [0, 0, 0], to: [beyondAll, 0, 0] };

/** The versions that a range like `^1.2` or `1.x || >=3` means; undefined for what is no range. */
export function intervalsOf(text: string): Interval[] | undefined {
  const range = parse(text);
  return range?.set.map((comparators) => comparators.reduce(narrowed, all));
}

function parse(text: string): Range | undefined {
  try {
    return new Range(text);
  } catch {
    return undefined;
  }
}

type Comparator = Range['set'][number][number];

/** There are no prereleases here, so that a bound at one is a bound at the version itself. */
function narrowed({ from, to }: Interval, { operator, semver }: Comparator): Interval {
  // What matches any version has no version of its own, whatever its type says.
  if (!(semver instanceof SemVer)) return { from, to };
  const { major, minor, patch, prerelease } = semver;
  const at = [major, minor, patch] as const;
  const after = prerelease.length > 0 ? at : ([major, minor, patch + 1] as const);
  switch (operator) {
    case '>=':
      return { from: higher(from, at), to };
    case '>':
      return { from: higher(from, after), to };
    case '<':
      return { from, to: lower(to, at) };
    case '<=':
      return { from, to: lower(to, after) };
    default:
      return { from: higher(from, at), to: lower(to, after) };
  }
}

type Bound = Interval['from'];

function compare(a: Bound, b: Bound): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

const higher = (a: Bound, b: Bound): Bound => (compare(a, b) >= 0 ? a : b);
const lower = (a: Bound, b: Bound): Bound => (compare(a, b) <= 0 ? a : b);
