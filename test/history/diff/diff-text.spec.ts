import { applyPatch } from 'diff';
import fc from 'fast-check';
import type { DiffHunk } from '../../../src/history/diff/diff.dto.js';
import { diffText } from '../../../src/history/diff/diff-text.js';
import { textPair } from './texts.js';

const names = { from: 'revision-3/prompt.md', to: 'revision-7/prompt.md' };

const diff = (before: string, after: string) => diffText(before, after, names);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}\n`);

describe('a patch', () => {
  it('names both sides and shows three lines around a change', () => {
    const before = numbered(10).join('');
    expect(diff(before, before.replace('5\n', 'five\n')).unified).toBe(
      [
        '--- revision-3/prompt.md',
        '+++ revision-7/prompt.md',
        '@@ -2,7 +2,7 @@',
        ...[' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'],
        '',
      ].join('\n'),
    );
  });

  it('is empty for equal texts', () => {
    for (const text of ['', '\n', 'a', 'a\r\nb']) expect(diff(text, text)).toEqual({ unified: '', hunks: [] });
  });

  it('marks a missing line feed at the end', () => {
    const lines = (before: string, after: string) => diff(before, after).hunks.flatMap((hunk) => hunk.lines);
    expect(lines('a', 'a\n')).toEqual(['-a', '\\ No newline at end of file', '+a']);
    expect(lines('a\n', 'a')).toEqual(['-a', '+a', '\\ No newline at end of file']);
    expect(lines('a\nb', 'c\nb')).toEqual(['-a', '+c', ' b', '\\ No newline at end of file']);
    expect(lines('a\n', 'b\n')).toEqual(['-a', '+b']);
  });

  it('keeps carriage returns and ends lines at line feeds only', () => {
    expect(diff('a\r\nb\r\n', 'a\r\nb\n').hunks[0]?.lines).toEqual([' a\r', '-b\r', '+b']);
    expect(diff('a\rb\u2028c\n', 'a\rb\u2028d\n').hunks[0]?.lines).toEqual(['-a\rb\u2028c', '+a\rb\u2028d']);
  });

  it('numbers an empty range by the line before it', () => {
    const header = (before: string, after: string) => diff(before, after).unified.split('\n')[2];
    expect(header('', 'a\nb\n')).toBe('@@ -0,0 +1,2 @@');
    expect(header('a\nb\n', '')).toBe('@@ -1,2 +0,0 @@');
    expect(diff('', 'a\n').hunks).toEqual([{ from_start: 0, from_lines: 0, to_start: 1, to_lines: 1, lines: ['+a'] }]);
  });

  it('is one hunk for changes up to six lines apart, two from seven lines on', () => {
    for (const [apart, hunks] of [
      [6, 1],
      [7, 2],
    ] as const) {
      const between = numbered(apart).join('');
      expect(diff(`a\n${between}b\n`, `A\n${between}B\n`).hunks).toHaveLength(hunks);
    }
  });

  it('quotes names that would break its header', () => {
    const { unified } = diffText('a\n', 'b\n', { from: 'a\nb', to: '"é"' });
    expect(unified.split('\n').slice(0, 2)).toEqual(['--- "a\\nb"', '+++ "\\"\\303\\251\\""']);
  });

  it('gives the new text when it is applied to the old one', () => {
    fc.assert(
      fc.property(textPair(), ([before, after]) => {
        const { unified, hunks } = diff(before, after);
        expect(unified === '' ? before : applyPatch(before, unified)).toBe(after);
        expect(applyHunks(before, hunks)).toBe(after);
      }),
      { numRuns: 2000 },
    );
  });

  it('has a header that agrees with its hunks', () => {
    fc.assert(
      fc.property(textPair(), ([before, after]) => {
        const { unified, hunks } = diff(before, after);
        const body = hunks.flatMap(({ from_start, from_lines, to_start, to_lines, lines }) => [
          `@@ -${from_start},${from_lines} +${to_start},${to_lines} @@`,
          ...lines,
        ]);
        const header = ['--- revision-3/prompt.md', '+++ revision-7/prompt.md'];
        expect(unified).toBe(before === after ? '' : [...header, ...body, ''].join('\n'));
      }),
    );
  });

  it('changes as few lines as possible', () => {
    fc.assert(
      fc.property(textPair(), ([before, after]) => {
        const changed = diff(before, after).hunks.flatMap(({ lines }) => lines.filter((text) => /^[-+]/.test(text)));
        const [old, current] = [splitLines(before), splitLines(after)];
        expect(changed).toHaveLength(old.length + current.length - 2 * lengthOfCommon(old, current));
      }),
    );
  });
});

/** Applies a patch by its line numbers, as a page would, and checks the kept and removed lines. */
function applyHunks(before: string, hunks: readonly DiffHunk[]): string {
  const old = splitLines(before);
  const result: string[] = [];
  let read = 0;
  for (const { from_start, from_lines, to_start, to_lines, lines } of hunks) {
    const start = from_lines === 0 ? from_start : from_start - 1;
    result.push(...old.slice(read, start));
    expect(result).toHaveLength(to_lines === 0 ? to_start : to_start - 1);
    const side = (marks: string) => splitLines(textOf(lines, marks));
    expect(side(' -')).toEqual(old.slice(start, start + from_lines));
    expect(side(' +')).toHaveLength(to_lines);
    result.push(...side(' +'));
    read = start + from_lines;
  }
  return [...result, ...old.slice(read)].join('');
}

/** The text that the lines with one of the marks make. */
function textOf(lines: readonly string[], marks: string): string {
  return lines
    .map((text, index) => (lines[index + 1]?.startsWith('\\') ? text : `${text}\n`))
    .filter((text) => marks.includes(text.slice(0, 1)))
    .map((text) => text.slice(1))
    .join('');
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Length of the longest common subsequence, by the textbook's table. */
function lengthOfCommon(old: readonly string[], current: readonly string[]): number {
  let row = current.map(() => 0);
  for (const oldLine of old) {
    const next: number[] = [];
    for (const [index, line] of current.entries()) {
      const diagonal = oldLine === line ? (row[index - 1] ?? 0) + 1 : 0;
      next.push(Math.max(diagonal, row[index] ?? 0, next[index - 1] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
