import fc from 'fast-check';
import { satisfies } from 'semver';
import { parseRange } from '../../src/history/releases/version-range.js';

const part = fc.integer({ min: 0, max: 4 });
const version = fc.tuple(part, part, part);
const partial = fc.oneof(
  version.map((numbers) => numbers.join('.')),
  fc.tuple(part, part).map((numbers) => numbers.join('.')),
  part.map(String),
  version.map(([major, minor]) => `${major}.${minor}.x`),
  version.map((numbers) => `${numbers.join('.')}-rc.1`),
);
const comparator = fc
  .tuple(fc.constantFrom('', '^', '~', '>', '>=', '<', '<=', '='), partial)
  .map((both) => both.join(''));
const set = fc.oneof(
  fc.array(comparator, { minLength: 1, maxLength: 2 }).map((all) => all.join(' ')),
  fc.tuple(partial, partial).map((both) => both.join(' - ')),
  fc.constant('*'),
);
const range = fc.array(set, { minLength: 1, maxLength: 3 }).map((sets) => sets.join(' || '));

const below = (a: readonly number[], b: readonly number[]) => {
  const [left, right] = a.flatMap((one, index) => (one === b[index] ? [] : [[one, b[index] ?? 0]]))[0] ?? [0, 0];
  return (left ?? 0) < (right ?? 0);
};

it('matches the same versions as the reference', () => {
  fc.assert(
    fc.property(range, version, (text, numbers) => {
      const isWithin = parseRange(text)?.some(({ from, to }) => !below(numbers, from) && below(numbers, to)) ?? false;
      expect({ text, numbers, isWithin }).toEqual({ text, numbers, isWithin: satisfies(numbers.join('.'), text) });
    }),
    { numRuns: 2000 },
  );
});

it.each(['latest', '^', '1.2.3.4', 'one', '>=x <y', '-1'])('refuses %s', (text) => {
  expect(parseRange(text)).toBeUndefined();
});
