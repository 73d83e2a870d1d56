import fc from 'fast-check';
import { readBack, shownAs } from '@promptyard/template/convert-syntax.js';
import type { TemplateSyntax } from '@promptyard/template/tokenize.js';
import { findVariables } from '@promptyard/template/variables.js';

const inDollars = (text: string) => shownAs({ text, syntax: 'braces' }, 'dollar');
const inBraces = (text: string) => shownAs({ text, syntax: 'dollar' }, 'braces');

describe('a braces template in the syntax of dollars', () => {
  it.each([
    ['Hi {{name}}!', 'Hi ${name}!'],
    ['{{ a }}{{b | number:min=1}}', '${a}${b}'],
    ['{{{a}}} ${{b}}', '{${a}} $${b}'],
    ['{{CURRENT_DATE}} {{ USER_NAME | text }}', '{{CURRENT_DATE}} {{ USER_NAME | text }}'],
    ['{{"{{"}} {{"{{a}}"}} {{> a/b@c}}', '{{"{{"}} {{"{{a}}"}} {{> a/b@c}}'],
    ['${a} $5 {a} {{a {{1}} {{__proto__}}', '${a} $5 {a} {{a {{1}} {{__proto__}}'],
  ])('%j is shown as %j', (text, shown) => {
    expect(inDollars(text)).toBe(shown);
  });
});

describe('a dollar template in the syntax of braces', () => {
  it.each([
    ['Hi ${name}!', 'Hi {{name}}!'],
    ['$${a} {${b}} ${USER_NAME}', '${{a}} {{{b}}} {{USER_NAME}}'],
    ['{{a}} ${ a } ${} $a {{"{{"}}', '{{a}} ${ a } ${} $a {{"{{"}}'],
  ])('%j is shown as %j', (text, shown) => {
    expect(inBraces(text)).toBe(shown);
  });
});

const syntax = fc.constantFrom<TemplateSyntax>('braces', 'dollar');
const templateText = fc
  .array(fc.constantFrom('{', '}', '$', '{{a}}', '${b}', '{{c | number:min=1}}', '{{"x"}}', '{{> a/b}}', 'd ', '\n'))
  .map((parts) => parts.join(''));

it('is shown as it is in its own syntax', () => {
  fc.assert(
    fc.property(templateText, syntax, (text, own) => {
      expect(shownAs({ text, syntax: own }, own)).toBe(text);
    }),
  );
});

it('has the same variables in either syntax, if its text has no placeholder of the other', () => {
  const plain = templateText.filter((text) => findVariables(text, 'dollar').length === 0);
  fc.assert(
    fc.property(plain, (text) => {
      const names = findVariables(text, 'braces').map(({ name }) => name);
      expect(findVariables(inDollars(text), 'dollar').map(({ name }) => name)).toEqual(names);
    }),
  );
});

describe('a template that is read back', () => {
  it('is the original to the byte if it is saved as it was shown', () => {
    fc.assert(
      fc.property(templateText, syntax, syntax, (text, own, shown) => {
        const original = { text, syntax: own };
        expect(readBack(shownAs(original, shown), shown, original)).toEqual(original);
      }),
    );
  });

  it.each([
    ['Hi ${name}, good morning', { text: 'Hi ${name}, good morning', syntax: 'dollar' }],
    ['Hi {{ name | text:required }}', { text: 'Hi {{ name | text:required }}', syntax: 'dollar' }],
    ['', { text: '', syntax: 'dollar' }],
  ] as const)('is the saved text if that was changed: %j', (saved, expected) => {
    expect(readBack(saved, 'dollar', { text: 'Hi {{ name | text:required }}', syntax: 'braces' })).toEqual(expected);
  });
});
