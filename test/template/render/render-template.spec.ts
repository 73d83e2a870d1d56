import fc from 'fast-check';
import { ProblemList, TemplateProblems } from '@promptyard/template/render/template-problems.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { part, problemsOf, render, textOf } from './rendering.js';

describe('a template', () => {
  it.each([
    ['Hi {{name}}, {{ name }} {{name | text:label="N"}}!', 'Hi Ann, Ann Ann!'],
    ['{{"{{"}}name}} {{"{{name}}"}} {{"\\u0041\\n"}}', '{{name}} {{name}} A\n'],
    ['{{{name}}} ${name} {{na me}} {{1}}', '{Ann} ${name} {{na me}} {{1}}'],
    ['[{{other}}]', '[]'],
    ['{{n | number:default=5}}-{{t | text:default=""}}-{{f | checkbox:default=false}}', '5--false'],
    ['{{a.b}} {{a}}', ' '],
  ])('%j becomes %j', async (text, expected) => {
    expect(await textOf(text, { values: { name: 'Ann' } })).toBe(expected);
  });

  it('with dollar syntax has variables only', async () => {
    const text = '${name} {{name}} {{"{{"}} {{> a/b}} $name ${ name } ${USER_NAME}';
    const rendered = await textOf(text, { syntax: 'dollar', values: { name: 'Ann', USER_NAME: 'ann' } });
    expect(rendered).toBe('Ann {{name}} {{"{{"}} {{> a/b}} $name ${ name } ann');
  });

  it('without placeholders stays the same to the byte', async () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('{{') && !value.includes('${'));
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('braces' as const, 'dollar' as const), async (value, syntax) => {
        expect(await render(value, { syntax, values: { a: 'b' } })).toEqual({ text: value, variables: [], parts: [] });
      }),
    );
  });

  it('can express any text with literals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (value) => {
        expect(await textOf(`{{${JSON.stringify(value)}}}`)).toBe(value);
      }),
    );
  });

  it('reports the filled-in variables in the order of first use', async () => {
    const text = '{{b}}{{empty}}{{a | text:default="d"}}{{> p/one}}{{b}}{{CURRENT_TIME}}{{USER_NAME}}{{z}}';
    const library = { 'p/one': part('p/one', '{{c}}{{b}}') };
    const values = { a: null, b: 1, c: '', z: false, USER_NAME: 'ann', unused: 'x' };
    expect(await render(text, { library, values })).toMatchObject({ variables: ['b', 'a', 'c', 'USER_NAME', 'z'] });
  });
});

describe('a value', () => {
  const marks = [
    '{{x}}',
    '${x}',
    '{{> a/b}}',
    '{{"',
    '{{"y"}}',
    '"}}',
    '{{',
    '}}',
    '{',
    '$',
    '$&',
    '$1',
    '\\',
    '\0',
    'x',
    '😀',
  ];
  const value = fc.array(fc.constantFrom(...marks)).map((parts) => parts.join(''));

  it('is never read as a template', async () => {
    const library = { 'a/b': part('a/b', '<{{x}}|${y}>'), 'a/d': part('a/d', '<${x}|{{y}}>', [], 'dollar') };
    await fc.assert(
      fc.asyncProperty(value, value, async (x, y) => {
        const text = await textOf('{{x}}{{y}}{{x}} {{ {{y}} }} {{> a/b}}{{> a/d}}', { library, values: { x, y } });
        expect(text).toBe(`${x}${y}${x} {{ ${y} }} <${x}|\${y}><${x}|{{y}}>`);
        const dollars = await textOf('${x}${y}$${x}', { syntax: 'dollar', values: { x, y } });
        expect(dollars).toBe(`${x}${y}$${x}`);
      }),
    );
  });

  it("is only taken from the caller's own properties", async () => {
    const values = Object.create({ inherited: 'bad' }) as Record<string, unknown>;
    Object.assign(values, { a: { b: 'bad' }, 'c.d': 'good', c: 'own', length: 'good' });
    const text = '[{{inherited}}{{toString}}{{valueOf}}{{hasOwnProperty}}{{a.b}}] {{c.d}} {{length}} {{__proto__}}';
    expect(await textOf(text, { values })).toBe('[] good good {{__proto__}}');
  });

  it('may have the name of a property of all objects', async () => {
    const values: unknown = JSON.parse('{"toString": "a", "hasOwnProperty": "b", "__proto__": "c"}');
    expect(await textOf('{{toString}}{{hasOwnProperty}}', { values: values as Record<string, unknown> })).toBe('ab');
  });
});

describe('problems', () => {
  const variables: TemplateVariable[] = [
    { name: 'customer', required: true },
    { name: 'age', required: false, type: 'number', max: 120 },
    { name: 'unused', required: true },
  ];

  it('are reported together', async () => {
    const text = '{{customer}}{{age}}{{> no/where@x}}{{> no/body}}{{d | date:required}}';
    expect(await problemsOf(text, { variables, values: { age: 121 } })).toEqual({
      content: 'include not found: no/where@x; include not found: no/body',
      'variables.customer': 'is required',
      'variables.unused': 'is required',
      'variables.age': 'must be at most 120',
      'variables.d': 'is required',
    });
  });

  it('of a required variable do not occur if it has a default', async () => {
    expect(await textOf('{{a | text:required:default="d"}}')).toBe('d');
  });

  it('include values that are no scalars, of system variables too', async () => {
    const problem = 'must be text, a number, true or false';
    expect(await problemsOf('{{a}}{{USER_NAME}}', { values: { a: [], USER_NAME: {} } })).toEqual({
      'variables.a': problem,
      'variables.USER_NAME': problem,
    });
  });

  it('are in the message of the error', () => {
    const problems = new ProblemList();
    problems.throwIfAny();
    problems.add('variables.a', 'is required');
    problems.add('content', 'is odd');
    problems.add('content', 'is long');
    expect(() => problems.throwIfAny()).toThrow(TemplateProblems);
    expect(() => problems.throwIfAny()).toThrow('variables.a is required; content is odd; is long');
  });
});

describe('a value for an unknown variable', () => {
  const text = '{{used}}{{> p/one}}';
  const library = { 'p/one': part('p/one', '{{inner}}') };
  const variables = [{ name: 'declared', required: false }];
  const values = { used: 1, declared: 2, inner: 3, USER_NAME: 'ann', CURRENT_DATE: null };

  it('is accepted', async () => {
    expect(await textOf(text, { library, variables, values: { ...values, foo: 1 } })).toBe('13');
  });

  it('is refused in strict mode, also null and names of prototypes', async () => {
    const surplus: unknown = JSON.parse('{"foo": 1, "bar": null, "__proto__": 1, "toString": 1}');
    const settings = { library, variables, strict: true };
    const problem = 'is not a variable of this prompt';
    expect(
      await problemsOf(text, { ...settings, values: Object.assign(Object.create(null), surplus, values) }),
    ).toEqual({
      'variables.foo': problem,
      'variables.bar': problem,
      'variables.__proto__': problem,
      'variables.toString': problem,
    });
  });

  it('has a name that is in no text, declaration, include or system variable', async () => {
    expect(await textOf(text, { library, variables, values, strict: true })).toBe('13');
  });

  it('is reported besides invalid values', async () => {
    const typed = [{ name: 'used', required: false, type: 'date' }];
    expect(await problemsOf('{{used}}', { variables: typed, values: { used: 'x' }, strict: true })).toEqual({
      'variables.used': 'must be a date like 2026-03-10',
    });
  });

  it('is not reported if an include is missing', async () => {
    expect(await problemsOf(text, { values: { inner: 1 }, strict: true })).toEqual({
      content: 'include not found: p/one',
    });
  });
});

describe('a system variable', () => {
  const text = '{{ CURRENT_DATE }}{{USER_NAME | text:required}}';

  it('keeps its placeholder for the client', async () => {
    expect(await render(text, { values: { USER_NAME: null } })).toMatchObject({ text, variables: [] });
  });

  it('is filled in if it is given', async () => {
    expect(await textOf(text, { values: { USER_NAME: 'ann', CURRENT_DATE: 'today' } })).toBe('todayann');
  });

  it.each<TemplateVariable>([
    { name: 'USER_NAME', required: true },
    { name: 'USER_NAME', required: false, default: 'x' },
  ])('is never required, even if it is declared as %j', async (variable) => {
    expect(await textOf(text, { variables: [variable] })).toBe(text);
  });

  it('is like any other in a dollar template', async () => {
    const variables = [{ name: 'USER_NAME', required: true }];
    expect(await problemsOf('${USER_NAME}', { syntax: 'dollar', variables })).toEqual({
      'variables.USER_NAME': 'is required',
    });
    expect(await textOf('[${USER_NAME}]', { syntax: 'dollar' })).toBe('[]');
  });
});
