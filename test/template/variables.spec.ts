import fc from 'fast-check';
import { tokenize } from '@promptyard/template/tokenize.js';
import { isVariableName } from '@promptyard/template/variable-name.js';
import { findVariables } from '@promptyard/template/variables.js';
import { processorMs } from '../support/processor-time.js';

const names = (text: string, syntax: 'braces' | 'dollar' = 'braces') =>
  findVariables(text, syntax).map(({ name }) => name);
const definition = (text: string) => findVariables(`{{x | ${text}}}`, 'braces')[0];

describe('a braces template', () => {
  it.each<[text: string, names: string[]]>([
    ['', []],
    ['{{a}}', ['a']],
    ['{{ a }}{{\n\tb\n}}', ['a', 'b']],
    ['{{b}} {{a}} {{b}}', ['b', 'a']],
    ['{{a_b-c.d9}} {{_}}', ['a_b-c.d9', '_']],
    ['{{{a}}}', ['a']],
    ['{{{{{{a}}', ['a']],
    ['{{{ }}', []],
    ['{{ 1x }}', []],
    ['{{}} {{ }} {a} {{a} {{a b}} {{a,b}} {{ä}}', []],
    ['{{ {{a}} }}', ['a']],
    ['{{a {{b}}', ['b']],
    ['{{a | text {{b}}', ['b']],
    ['{{a | text } {{b}}', ['b']],
    ['{{a | x}}}', ['a']],
    ['{{a|}}', ['a']],
    ['{{"{{"}}a}}', []],
    ['{{"{{a}}"}} {{"${b}"}} {{"\\"{{c}}"}}', []],
    ['{{"{{a}}" }}', ['a']],
    ['{{> owner/name@label}}', []],
    ['${a}', []],
    [`{{${'x'.repeat(64)}}}`, ['x'.repeat(64)]],
    [`{{${'x'.repeat(65)}}}`, []],
    ['{{__proto__}} {{constructor}} {{ prototype | text }}', []],
    [
      '{{CLIPBOARD}} {{USER_NAME}} {{CURRENT_DATE}} {{USER_BIRTH_DATE}} {{user_name}} {{USER_ID}}',
      ['user_name', 'USER_ID'],
    ],
  ])('%j has the variables %j', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });
});

describe('a dollar template', () => {
  it.each<[text: string, names: string[]]>([
    ['${a} ${b.c-d} ${a}', ['a', 'b.c-d']],
    ['${ a } ${} $a $ {a} ${1} ${a b} {{c}}', []],
    ['$${a} ${${b}}', ['a', 'b']],
    ['${__proto__} ${constructor}', []],
    ['${USER_NAME}', ['USER_NAME']],
  ])('%j has the variables %j', (text, expected) => {
    expect(names(text, 'dollar')).toEqual(expected);
  });
});

describe('a typed variable', () => {
  it.each<[text: string, expected: object]>([
    ['text', { type: 'text', required: false, properties: {} }],
    ['textarea:required', { type: 'textarea', required: true, properties: {} }],
    ['type=number:min=1:max=10:step=0.5', { type: 'number', properties: { min: 1, max: 10, step: 0.5 } }],
    ['select:options=["a","b:c","d\\"]:e"]', { type: 'select', properties: { options: ['a', 'b:c', 'd"]:e'] } }],
    ['text:placeholder="a: b":label="L"', { properties: { placeholder: 'a: b', label: 'L' } }],
    ['text : placeholder = "a" : required', { type: 'text', required: true, properties: { placeholder: 'a' } }],
    ['text:default=plain words', { properties: { default: 'plain words' } }],
    ['checkbox:default=true:required=false', { required: false, properties: { default: true } }],
    ['upper', { type: 'text' }],
    ['datetime-local', { type: 'datetime-local' }],
    [':required', { type: 'text', required: true }],
    ['text:placeholder="never closed:x', { properties: { placeholder: '"never closed:x' } }],
    ['select:options=[[["a"]]]', { properties: { options: '[[["a"]]]' } }],
    ['text:default="\\u0000"', { properties: { default: '"\\u0000"' } }],
    ['text:default="\\ud800"', { properties: { default: '"\\ud800"' } }],
    ['text:__proto__=1:constructor=2:a=3', { properties: { a: 3 } }],
  ])('%j', (text, expected) => {
    expect(definition(text)).toMatchObject({ name: 'x', ...expected });
  });

  it('keeps only known properties', () => {
    const { properties } = definition('text:__proto__=1:toString=2:a') ?? {};
    expect(Object.entries(properties ?? {})).toEqual([
      ['toString', 2],
      ['a', true],
    ]);
  });

  it('has the type of its first typed use', () => {
    const [variable] = findVariables('{{x}} {{x | number}} {{x | date}}', 'braces');
    expect(variable?.type).toBe('number');
  });
});

describe('tokenize', () => {
  it('returns the position of every variable', () => {
    expect([...tokenize('a {{ x | text }}{{y}} b', 'braces')]).toEqual([
      { kind: 'text', start: 0, end: 2 },
      { kind: 'variable', start: 2, end: 16, name: 'x', definition: 'text' },
      { kind: 'variable', start: 16, end: 21, name: 'y' },
      { kind: 'text', start: 21, end: 23 },
    ]);
  });

  const template = fc
    .array(
      fc.constantFrom(...['{', '}', '{{', '}}', '${', 'a', '|', ' ', '\n', '1', '"', '\\', ':', '> a/a@a', '😀']),
      {
        maxLength: 40,
      },
    )
    .map((parts) => parts.join(''));

  it('covers the text without gaps, with a token for each variable', () => {
    fc.assert(
      fc.property(template, fc.constantFrom('braces' as const, 'dollar' as const), (text, syntax) => {
        let end = 0;
        for (const token of tokenize(text, syntax)) {
          expect(token.start).toBe(end);
          expect(token.end).toBeGreaterThan(token.start);
          end = token.end;
          if (token.kind === 'variable') expect([...tokenize(text.slice(token.start, end), syntax)]).toHaveLength(1);
        }
        expect(end).toBe(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the same as a simple search', () => {
    const literal = /\{\{"(?:[^"\\\n]|\\["\\/bfnrt])*"\}\}/;
    const variable = /\{\{\s*([A-Za-z_][A-Za-z0-9_.-]{0,63})\s*(?:\|(?:(?!\{\{)[^}])*)?\}\}/;
    const slow = new RegExp(`(?!\\{\\{\\{)(?:${literal.source}|${variable.source})`, 'g');
    fc.assert(
      fc.property(template, (text) => {
        const expected = [...text.matchAll(slow)].map(([, name = '']) => name).filter(isVariableName);
        const found = [...tokenize(text, 'braces')].flatMap((token) => (token.kind === 'variable' ? [token.name] : []));
        expect(found).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  const mib = 1024 * 1024;
  const fill = (unit: string) => unit.repeat(mib / unit.length);
  it.each([
    ['opening braces', fill('{{')],
    ['names without an end', fill('{{a ')],
    ['definitions without an end', fill('{{a|')],
    ['definitions with half an end', fill('{{a|}')],
    ['white space', fill(`{{a${' '.repeat(1000)}`)],
    ['long names', fill(`{{${'a'.repeat(64)}`)],
    ['a definition of colons', `{{a|${fill('x:')}}}`],
    ['a definition of brackets', `{{a|x=${fill('[')}}}`],
    ['a definition of escapes', `{{a|x="${fill('\\"')}}}`],
    ['opening dollars', fill('${')],
    ['literals without an end', fill('{{"')],
    ['literals that end too soon', fill('{{"}')],
    ['literals with escaped quotes', fill('{{\\"')],
    ['a literal of escapes without an end', `{{"${fill('\\"')}`],
    ['a literal of bad escapes', `{{"${fill('\\x')}"}}`],
    ['a literal of braces', `{{"${fill('}}')}"}}`],
    ['includes without an end', fill('{{>')],
    ['includes of white space', fill(`{{>${' '.repeat(1000)}`)],
    ['an include of hyphens', `{{> ${fill('a-')}`],
    ['an include with a long name', `{{> a/${fill('a-')}@`],
    ['an include with a long version', `{{> a/b@1.2.${fill('3')}.`],
    ['all kinds without an end', fill('{{a|{{"{{>${{"\\{{> a/b@1{{')],
    ['literals, includes and variables', fill('{{"a"}}{{> a/b}}{{a}}')],
  ])('takes linear time for a MiB of %s', async (_what, text) => {
    const time = await processorMs(() => [findVariables(text, 'braces'), findVariables(text, 'dollar')]);
    expect(time).toBeLessThan(2000);
  });
});
