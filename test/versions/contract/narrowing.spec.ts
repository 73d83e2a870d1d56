import fc from 'fast-check';
import type { JsonValue } from '@promptyard/template/json.js';
import { variableTypes } from '@promptyard/template/definition.js';
import { type TemplateVariable, typeOf } from '@promptyard/template/template-variable.js';
import { problemOfType } from '@promptyard/template/values/value-types.js';
import { changesOf } from '../../../src/versions/contract/changes-of.js';

/** What options may be. */
const choices = [
  '',
  'anything',
  'true',
  'false',
  '#1e90ff',
  'a@b',
  'https://a/',
  '2026-03-10',
  '2026-03',
  '15:30',
  '100',
];

/** Of every form some that no option is, and all numbers that the rules below tell apart, in two ways of writing. */
const samples = [
  ...choices,
  ...['else', '#000000', 'c@d', 'https://b/', '2026-03-11', '2026-04', '15:31', '2026-03-10T15:31'],
  ...Array.from({ length: 161 }, (_, index) => (index - 80) / 4).flatMap((value) => [`${value}`, `${value}e0`]),
];

function variable(): fc.Arbitrary<TemplateVariable> {
  const limit = fc.constantFrom<JsonValue>(-3, -1, 0, 0.5, 1, 2, 4, 6, '3', null);
  const step = fc.constantFrom<JsonValue>(0.5, 0.75, 1, 1.5, 2, 3, 0, -1, '1');
  const options = fc.array(fc.constantFrom<JsonValue>(...choices, 1, 2, 3.5, true, null), {
    maxLength: 4,
  });
  // Properties that have rules are more frequent than those without.
  const type = fc.oneof(fc.constantFrom('number', 'range', 'select'), fc.constantFrom(...variableTypes, 'persona', 1));
  const rules = fc.record({ type, min: limit, max: limit, step, options }, { requiredKeys: [] });
  return fc.tuple(rules, fc.boolean()).map(([properties, required]) => ({ ...properties, name: 'x', required }));
}

const accepted = (of: TemplateVariable) => samples.filter((text) => problemOfType(typeOf(of), text, of) === undefined);
const kindsOf = (before: TemplateVariable, after: TemplateVariable) =>
  changesOf([before], [after]).map(({ kind }) => kind);

it('is found exactly if render refuses a value that it accepted before', () => {
  fc.assert(
    fc.property(variable(), variable(), (before, after) => {
      const taken = new Set(accepted(after));
      const isNarrowed = accepted(before).some((text) => !taken.has(text));
      expect(kindsOf(before, after).includes('narrowed')).toBe(isNarrowed);
    }),
    { numRuns: 2000 },
  );
});

it('is no change if nothing changes', () => {
  const variables = fc.uniqueArray(fc.record({ rules: variable(), name: fc.stringMatching(/^[a-z]{1,2}$/) }), {
    selector: ({ name }) => name,
  });
  fc.assert(
    fc.property(variables, (list) => {
      const contract = list.map(({ rules, name }) => ({ ...rules, name }));
      expect(changesOf(contract, contract.toReversed())).toEqual([]);
    }),
  );
});

it('is a minor change to add an optional variable and a major one to remove it again', () => {
  fc.assert(
    fc.property(variable(), variable(), (existing, added) => {
      const more = { ...added, name: 'y', required: false };
      expect(changesOf([existing], [existing, more])).toMatchObject([
        { variable: 'y', kind: 'optional-added', severity: 'minor' },
      ]);
      expect(changesOf([existing, more], [existing])).toMatchObject([
        { variable: 'y', kind: 'removed', severity: 'major' },
      ]);
    }),
  );
});

it('is never hidden by two steps that each are none', () => {
  fc.assert(
    fc.property(variable(), variable(), variable(), (first, second, third) => {
      fc.pre(kindsOf(first, second).length === 0 && kindsOf(second, third).length === 0);
      expect(kindsOf(first, third)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
