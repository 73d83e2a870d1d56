import { jest } from '@jest/globals';
import { includeKey } from '@promptyard/template/includes.js';
import { loadIncludes, type LoadParts } from '@promptyard/template/render/load-includes.js';
import type { TemplatePart } from '@promptyard/template/render/template-part.js';
import { part, problemsOf, render, textOf } from './rendering.js';

/** Prompts `a/1` … `a/n`, each including the next. */
function chain(length: number): Record<string, TemplatePart> {
  const numbers = Array.from({ length }, (_, index) => index + 1);
  return Object.fromEntries(
    numbers.map((n) => [`a/${n}`, part(`a/${n}`, n < length ? `${n}{{> a/${n + 1}}}` : `${n}`)]),
  );
}

describe('an include', () => {
  it('is replaced by the rendered part', async () => {
    const library = { 'a/b': part('a/b', 'b{{x}}{{> a/c@v1}}'), 'a/c@v1': part('a/c', 'c${x}{{x}}', [], 'dollar') };
    expect(await textOf('<{{> A/b}}|{{> a/c@v1}}>', { library, values: { x: 1 } })).toBe('<b1c1{{x}}|c1{{x}}>');
  });

  it('reports each part once, in the order of first use', async () => {
    const c = part('a/c', 'c');
    const library = { 'a/b': part('a/b', '{{> a/c}}'), 'a/c': c, 'a/c@v1': c, 'a/c@v2': part('a/c', 'other') };
    const { parts } = await render('{{> a/c@v2}}{{> a/b}}{{> a/c@v1}}{{> a/b}}', { library });
    expect(parts).toEqual([library['a/c@v2'], library['a/b'], c]);
  });

  it('may be five levels deep', async () => {
    expect(await textOf('0{{> a/1}}', { library: chain(5) })).toBe('012345');
  });

  it('may not be six levels deep, from any starting part', async () => {
    const problem = 'includes more than 5 levels deep: a/root -> a/1 -> a/2 -> a/3 -> a/4 -> a/5 -> a/6';
    expect(await problemsOf('0{{> a/1}}', { library: chain(6) })).toEqual({ content: problem });
    expect(await problemsOf('{{> a/6}}{{> a/5}}{{> a/1}}', { library: chain(6) })).toEqual({ content: problem });
  });
});

describe('a cycle', () => {
  it.each<[what: string, text: string, library: Record<string, TemplatePart>, cycle: string]>([
    ['of the root', '{{> a/root}}', { 'a/root': part('a/root', 'x') }, 'a/root -> a/root'],
    [
      'through the root',
      '{{> a/x}}',
      { 'a/x': part('a/x', '{{> a/root@v1}}'), 'a/root@v1': part('a/root', 'no include') },
      'a/root -> a/x -> a/root',
    ],
    [
      'below the root',
      '{{> a/x}}',
      { 'a/x': part('a/x', '{{> b/y}}'), 'b/y': part('b/y', '{{> a/x}}') },
      'a/x -> b/y -> a/x',
    ],
    [
      'under another name',
      '{{> old/x}}',
      { 'old/x': part('a/x', '{{> b/y}}'), 'b/y': part('b/y', '{{> new/x@1.0.0}}'), 'new/x@1.0.0': part('a/x', '') },
      'a/x -> b/y -> a/x',
    ],
    [
      'that only the second place of a part closes',
      '{{> a/p}}{{> a/x@v1}}',
      { 'a/p': part('a/p', '{{> a/x}}'), 'a/x': part('a/x', 'leaf'), 'a/x@v1': part('a/x', '{{> a/p}}') },
      'a/x -> a/p -> a/x',
    ],
    [
      'that closes at the deepest level',
      '{{> a/1}}',
      { ...chain(4), 'a/4': part('a/4', '{{> a/5}}'), 'a/5': part('a/5', '{{> a/1}}') },
      'a/1 -> a/2 -> a/3 -> a/4 -> a/5 -> a/1',
    ],
  ])('is reported: %s', async (_what, text, library, cycle) => {
    expect(await problemsOf(text, { library })).toEqual({ content: `includes itself: ${cycle}` });
  });

  it('is not reported if a part is used twice', async () => {
    const library = { 'a/x': part('a/x', '{{> a/y}}'), 'a/y': part('a/y', 'y') };
    expect(await textOf('{{> a/x}}{{> a/y}}{{> a/x}}', { library })).toBe('yyy');
  });
});

describe('variables of parts', () => {
  const numeric = (properties: object) => [{ name: 'n', required: false, type: 'number', ...properties }];

  it('must satisfy each part that declares them', async () => {
    const library = {
      'a/x': part('a/x', '{{n}}', numeric({ max: 10 })),
      'a/y': part('a/y', '{{n}}', numeric({ min: 20 })),
    };
    const settings = { library, variables: [{ name: 'n', required: true }] };
    const text = '{{n}}{{> a/x}}{{> a/y}}';
    expect(await problemsOf(text, { ...settings, values: { n: 15 } })).toEqual({
      'variables.n': 'must be at most 10; must be at least 20',
    });
    expect(await problemsOf(text, { ...settings, values: { n: 20 } })).toEqual({ 'variables.n': 'must be at most 10' });
    expect(await problemsOf(text, settings)).toEqual({ 'variables.n': 'is required' });
  });

  it('are filled by the default of the root, or else by their own', async () => {
    const library = {
      'a/x': part('a/x', '{{n | text:default="x"}}{{m | text:default="x"}}{{CURRENT_DATE}}'),
      'a/y': part('a/y', '{{n | text:required}}{{m}}'),
    };
    const text = '{{n | text:default="root"}}-{{m}}-{{> a/x}}-{{> a/y}}';
    expect(await textOf(text, { library })).toBe('root--rootx{{CURRENT_DATE}}-root');
  });
});

describe('loading', () => {
  it('requests each depth once, each reference once, and nothing below the limit', async () => {
    const library = new Map(Object.entries({ ...chain(8), 'b/x': part('b/x', '{{> a/1}}{{> b/x}}{{> b/gone}}') }));
    const asked: string[][] = [];
    const loaded = await loadIncludes(part('a/root', '{{> a/1}}{{> b/x}}{{> A/1}}'), (references) => {
      const keys = references.map(includeKey);
      asked.push(keys);
      return Promise.resolve(new Map([...library].filter(([key]) => keys.includes(key))));
    });
    expect(asked).toEqual([['a/1', 'b/x'], ['a/2', 'b/gone'], ['a/3'], ['a/4'], ['a/5']]);
    expect([...loaded.keys()]).toEqual(['a/1', 'b/x', 'a/2', 'a/3', 'a/4', 'a/5']);
  });

  it('requests nothing if nothing is included', async () => {
    const load = jest.fn<LoadParts<TemplatePart>>();
    await loadIncludes(part('a/root', '{{"{{> a/b}}"}}'), load);
    await loadIncludes(part('a/root', '{{> a/b}}', [], 'dollar'), load);
    expect(load).not.toHaveBeenCalled();
  });
});
