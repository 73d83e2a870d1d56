import fc from 'fast-check';
import type { JsonObject } from '@promptyard/template/json.js';
import { diffFields } from '../../../src/history/diff/diff-fields.js';

it('lists the fields that differ, by name', () => {
  const before = { model: 'a', temperature: 0.2, stop: ['x', 'y'], same: { b: 1, a: [null] } };
  const after = { same: { a: [null], b: 1 }, stop: ['y', 'x'], temperature: 0.7, Z: true, model: 'a' };
  expect(diffFields(before, after)).toStrictEqual([
    { name: 'Z', to: true },
    { name: 'stop', from: ['x', 'y'], to: ['y', 'x'] },
    { name: 'temperature', from: 0.2, to: 0.7 },
  ]);
});

it('distinguishes a null field from a missing one', () => {
  expect(diffFields({ a: null, b: null }, { b: 1, c: null })).toStrictEqual([
    { name: 'a', from: null },
    { name: 'b', from: null, to: 1 },
    { name: 'c', to: null },
  ]);
});

it('does not confuse fields with properties of all objects', () => {
  expect(diffFields({}, { toString: 1 })).toStrictEqual([{ name: 'toString', to: 1 }]);
  expect(diffFields({}, {})).toEqual([]);
});

it('is sufficient to compute the new fields from the old ones', () => {
  const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonObject>;
  const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'constructor'), value, { noNullPrototype: true });
  fc.assert(
    fc.property(fields, fields, (before, after) => {
      const result = new Map(Object.entries<unknown>(before));
      for (const change of diffFields(before, after)) {
        if ('to' in change) result.set(change.name, change.to);
        else result.delete(change.name);
      }
      const ofResult: unknown = JSON.parse(JSON.stringify(Object.fromEntries(result)));
      expect(ofResult).toEqual(JSON.parse(JSON.stringify(after)));
    }),
  );
});
