import fc from 'fast-check';
import { includeKey, includesOf } from '@promptyard/template/includes.js';
import { tokenize } from '@promptyard/template/tokenize.js';

const tokens = (text: string) => [...tokenize(text, 'braces')];
const literals = (text: string) => tokens(text).flatMap((token) => (token.kind === 'literal' ? [token.value] : []));

describe('a literal', () => {
  it.each<[text: string, values: string[]]>([
    ['{{"{{"}}', ['{{']],
    ['{{"}}"}}', ['}}']],
    ['{{""}}', ['']],
    ['a {{"{{"}} b }} {{"\\"\\\\\\u007b\\n"}}', ['{{', '"\\{\n']],
    ['{{{"x"}}}', ['x']],
    ['{{"a}}{{"}}', ['a}}{{']],
    ['{{"{{a}}"}}', ['{{a}}']],
    ['{{"\u2028"}}', ['\u2028']],
  ])('%j means %j', (text, values) => {
    expect(literals(text)).toEqual(values);
  });

  it.each([
    '{{ "a" }}',
    '{{"a" }}',
    "{{'a'}}",
    '{{"a}}',
    '{{"a"}',
    '{"a"}',
    '{{"a\nb"}}',
    '{{"a\tb"}}',
    '{{"\\x"}}',
    '{{"\\"}}',
    '{{"\\\n"}}',
    '{{"\\ud800"}}',
    '{{"a" "b"}}',
    '{{["a"]}}',
    '{{1}}',
  ])('is not %j, which remains text', (text) => {
    expect(tokens(text)).toEqual([{ kind: 'text', start: 0, end: text.length }]);
  });

  it('can express any text', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[{}">$a\\/ ]*$/));
    fc.assert(
      fc.property(anyText, anyText, (text, around) => {
        const mark = `{{${JSON.stringify(text)}}}`;
        expect(tokens(mark)).toEqual([{ kind: 'literal', start: 0, end: mark.length, value: text }]);
        expect(literals(`{{a}}${mark}${around}`)[0]).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('an include', () => {
  it.each<[text: string, keys: string[]]>([
    ['{{> acme/tone}}', ['acme/tone']],
    ['{{>acme/tone}}{{\n >\tacme/tone@staging  }}', ['acme/tone', 'acme/tone@staging']],
    ['{{> b/b}} {{> a/a}} {{> b/b}}', ['b/b', 'a/a']],
    ['{{> ACME-Inc/tone-2@1.20.3}} {{> acme-inc/tone-2@1.20.3}}', ['acme-inc/tone-2@1.20.3']],
    ['{{{> a/b@v1.2_x-y}}}', ['a/b@v1.2_x-y']],
    [`{{> a/b@${'x'.repeat(36)}}}`, [`a/b@${'x'.repeat(36)}`]],
    ['{{> a/{{> b/c}} }}', ['b/c']],
    ['{{"{{> a/b}}"}}', []],
    [`{{> ${'o'.repeat(100)}/${'n'.repeat(100)}}}`, [`${'o'.repeat(100)}/${'n'.repeat(100)}`]],
    [`{{> a/${'n'.repeat(101)}}} {{> ${'o'.repeat(101)}/b}}`, []],
    [`{{> a/b@${'x'.repeat(37)}}}`, []],
    ['{{> a/B}} {{> a}} {{> a/b/c}} {{> a/}} {{> /b}} {{> a /b}} {{> a/b @c}} {{> a/b@ c}} {{> a/b@}}', []],
    ['{{> -a/b}} {{> a-/b}} {{> a--a/b}} {{> a/b-}} {{> a_a/b}} {{> ä/b}} {{> a/b@Staging}}', []],
    ['{{> a/b@1.2}} {{> a/b@1.2.3.4}} {{> a/b@^1.2.3}} {{> a/b@1.2.3-rc}} {{> a/b} {> a/b}} {{>> a/b}}', []],
  ])('%j refers to %j', (text, keys) => {
    expect(includesOf(text, 'braces').map(includeKey)).toEqual(keys);
  });

  it('has its owner in lower case, its name and its selector', () => {
    expect(includesOf('{{> Acme/tone@staging}} {{> Acme/tone}}', 'braces')).toEqual([
      { owner: 'acme', name: 'tone', selector: 'staging' },
      { owner: 'acme', name: 'tone' },
    ]);
  });

  it('has its position', () => {
    expect(tokens('a{{> b/c }}d')).toEqual([
      { kind: 'text', start: 0, end: 1 },
      { kind: 'include', start: 1, end: 11, owner: 'b', name: 'c' },
      { kind: 'text', start: 11, end: 12 },
    ]);
  });
});

it.each([
  ['a literal of escapes', `{{"${'\\"'.repeat(10_000_000)}"}}`, ['literal']],
  ['a literal without an end', `{{"${'\\"'.repeat(10_000_000)}`, ['text']],
  ['an include of hyphens', `{{> ${'a-'.repeat(10_000_000)}`, ['text']],
])('%s is read without a stack overflow', (_what, text, kinds) => {
  expect(tokens(text).map(({ kind }) => kind)).toEqual(kinds);
});

it('leaves literals and includes in a dollar template as text', () => {
  const text = '{{"{{"}} {{> a/b}} {{"${x}"}}';
  expect(includesOf(text, 'dollar')).toEqual([]);
  expect([...tokenize(text, 'dollar')].map(({ kind }) => kind)).toEqual(['text', 'variable', 'text']);
});
