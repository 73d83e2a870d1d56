import { Range, SemVer } from 'semver';

/** Plain versions from `from` up to, not including, `to`: major, minor, patch. */
export interface Interval {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
}

const upperBound = 2 ** 31;
const anyVersion: Interval = { from: [0, 0, 0], to: [upperBound, 0, 0] };

/** The versions of a range like `^1.2` or `1.x || >=3`; undefined if the text is not a range. */
export function parseRange(text: string): Interval[] | undefined {
  const range = parse(text);
  return range?.set.map((comparators) => comparators.reduce(intersect, anyVersion));
}

function parse(text: string): Range | undefined {
  try {
    return new Range(text);
  } catch {
    return undefined;
  }
}

type Comparator = Range['set'][number][number];

/** Versions have no prereleases, so that a prerelease bound is a bound at its version. */
function intersect({ from, to }: Interval, { operator, semver }: Comparator): Interval {
  // A comparator that matches any version has no version, although its type has one.
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
