import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { diffVariables } from '../../../src/history/diff/diff-variables.js';

const who: TemplateVariable = { name: 'who', required: true, type: 'select', options: ['a', 'b'], label: null };
const count: TemplateVariable = { name: 'count', required: false, type: 'number', min: 1 };
const tone: TemplateVariable = { name: 'tone', required: false };

const nothing = { added: [], removed: [], changed: [] };

it('lists added, removed and changed variables in the order of the texts', () => {
  const wider = { ...who, options: ['a', 'b', 'c'] };
  expect(diffVariables([who, count], [tone, wider])).toEqual({
    added: [tone],
    removed: [count],
    changed: [{ name: 'who', from: who, to: wider }],
  });
});

it('ignores the order of variables and of their properties', () => {
  const turned = Object.fromEntries(Object.entries(who).reverse()) as TemplateVariable;
  expect(Object.keys(turned)).not.toEqual(Object.keys(who));
  expect(diffVariables([who, count], [count, turned])).toEqual(nothing);
  expect(diffVariables([], [])).toEqual(nothing);
});

it.each<[what: string, changed: TemplateVariable]>([
  ['the order of options', { ...who, options: ['b', 'a'] }],
  ['whether it is required', { ...who, required: false }],
  ['a property that is null or missing', { name: 'who', required: true, type: 'select', options: ['a', 'b'] }],
  ['text and number', { ...who, options: ['a', 1] }],
  ['a nested value', { ...who, label: { en: 'Who', de: ['Wer'] } }],
])('sees a change of %s', (_what, to) => {
  expect(diffVariables([who], [to])).toEqual({ ...nothing, changed: [{ name: 'who', from: who, to }] });
});

it('identifies variables by name, also by names such as __proto__', () => {
  const odd: TemplateVariable = { name: 'toString', required: false };
  expect(diffVariables([], [odd])).toEqual({ ...nothing, added: [odd] });
});
