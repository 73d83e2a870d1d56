import { jest } from '@jest/globals';
import { loadIncludes, type LoadParts } from '@promptyard/template/render/load-includes.js';
import { renderTemplate } from '@promptyard/template/render/render-template.js';
import type { TemplatePart } from '@promptyard/template/render/template-part.js';
import { processorMs } from '../../support/processor-time.js';
import { part, problemsOf, render, textOf } from './rendering.js';

const mib = 1024 * 1024;
const tooLarge = { content: `renders to more than ${mib} bytes` };
const tooMany = { content: 'includes more than 1000 parts' };

/** Prompts `a/1` … `a/<levels>`, each including the next `width` times. */
function bomb(levels: number, width: number, leaf: string): Record<string, TemplatePart> {
  const numbers = Array.from({ length: levels }, (_, index) => index + 1);
  const text = (n: number) => (n < levels ? `{{> a/${n + 1}}}`.repeat(width) : leaf);
  return Object.fromEntries(numbers.map((n) => [`a/${n}`, part(`a/${n}`, text(n))]));
}

describe('the output', () => {
  it.each([
    ['one-byte characters', 'x', mib],
    ['two-byte characters', 'ü', mib / 2],
    ['four-byte characters', '😀', mib / 4],
  ])('may have exactly 1 MiB of %s', async (_what, character, count) => {
    const { text } = await render('{{a}}', { values: { a: character.repeat(count) } });
    expect(Buffer.byteLength(text)).toBe(mib);
    expect(await problemsOf('{{a}}{{b}}', { values: { a: character.repeat(count), b: '.' } })).toEqual(tooLarge);
  });

  it.each([
    ['a template', 'x'.repeat(mib + 1), ''],
    ['a value', '{{a}}', '€'.repeat(mib / 3 + 1)],
    ['many values', '{{a}}'.repeat(200_000), 'x'.repeat(mib)],
  ])('is refused fast when it is larger because of %s', async (_what, text, a) => {
    const time = await processorMs(async () => expect(await problemsOf(text, { values: { a } })).toEqual(tooLarge));
    expect(time).toBeLessThan(2000);
  });

  it('is refused when parts multiply it', async () => {
    expect(await problemsOf('{{> a/1}}', { library: bomb(4, 9, 'x'.repeat(2000)) })).toEqual(tooLarge);
  });
});

describe('includes', () => {
  const one = { 'a/1': part('a/1', '') };

  it('may be a thousand', async () => {
    expect(await textOf('{{> a/1}}'.repeat(1000), { library: one })).toBe('');
  });

  it('may not be a thousand and one', async () => {
    expect(await problemsOf('{{> a/1}}'.repeat(1001), { library: one })).toEqual(tooMany);
  });

  it('are counted for each use of a part', async () => {
    // 1 + 9 + 81 + 729 = 820; with the root's other four, 824.
    const library = bomb(4, 9, '');
    expect(await textOf('{{> a/1}}{{> a/4}}{{> a/4}}{{> a/4}}{{> a/4}}', { library })).toBe('');
    expect(await problemsOf('{{> a/1}}{{> a/2}}{{> a/2}}', { library })).toEqual(tooMany);
  });

  it('of five levels with a thousand each are refused fast', async () => {
    const time = await processorMs(async () =>
      expect(await problemsOf('{{> a/1}}'.repeat(1000), { library: bomb(5, 1000, '') })).toEqual(tooMany),
    );
    expect(time).toBeLessThan(1000);
  });

  it('beyond the limit are not loaded', async () => {
    const load = jest.fn<LoadParts<TemplatePart>>();
    const text = Array.from({ length: 1001 }, (_, index) => `{{> a/b-${index}}}`).join('');
    await expect(loadIncludes(part('a/root', text), load)).rejects.toMatchObject({ details: tooMany });
    expect(load).not.toHaveBeenCalled();
  });

  it('of one large part take the time of reading it once', async () => {
    const library = { 'a/1': part('a/1', '{{x}}'.repeat(200_000)) };
    const time = await processorMs(() => render('{{> a/1}}'.repeat(1000), { library }));
    expect(time).toBeLessThan(2000);
  });
});

describe('a rendering', () => {
  it.each([
    ['variables', '{{a}}'],
    ['typed variables', '{{a | number:min=1:max=5}}'],
    ['literals', '{{""}}'],
    ['system variables', '{{USER_NAME}}'],
    ['opening braces', '{{'],
    ['halves of everything', '{{a|{{"{{>${{> a/b@'],
  ])('takes linear time for %s', async (_what, unit) => {
    const root = (size: number) => part('a/root', unit.repeat(size / unit.length));
    const time = (size: number) =>
      processorMs(() => renderTemplate(root(size), { values: { a: 2, USER_NAME: '' } }), 3);
    await time(mib / 8);
    const small = await time(mib / 8);
    const large = await time(mib / 2);
    expect(large).toBeLessThan(16 * small + 250);
  });

  it('reads each value once for each part, however often it is used', async () => {
    const read = jest.fn(() => 'v');
    const values = Object.defineProperty({}, 'x', { get: read, enumerable: true });
    const library = { 'a/1': part('a/1', '{{x}}{{x}}') };
    expect(await textOf('{{x}}{{x}}{{> a/1}}{{> a/1}}', { values, library })).toBe('vvvvvv');
    expect(read).toHaveBeenCalledTimes(2);
  });
});
