import { applyPatch } from 'diff';
import { diffText } from '../../../src/history/diff/diff-text.js';
import { processorMs } from '../../support/processor-time.js';
import { megabyteOfLines } from './texts.js';

const mib = 1024 * 1024;
const names = { from: 'a', to: 'b' };

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${index}\n`);

/** Stretches of one line repeated, each ended by another mark: paths through it stay alike for long and never meet. */
function repetitive(mark: string): string {
  const lines = Array.from({ length: 49_000 }, (_, index) => (index % 100 === 0 ? `${mark}\n` : 'the same\n'));
  return [`${mark}\n`, ...lines].join('');
}

/** Alike but for their ends, some of them moved: both texts hold them all. */
function longLines(moved: number): string {
  const lines = numbered(500).map((end) => 'x'.repeat(2000) + end);
  return [...lines.slice(moved), ...lines.slice(0, moved)].join('');
}

describe('a patch of a MiB', () => {
  const counted = numbered(50_000);
  it.each<[what: string, before: string, after: string]>([
    ['short lines, none of them the same', megabyteOfLines('a'), megabyteOfLines('b')],
    ['line feeds against short lines', '\n'.repeat(mib), megabyteOfLines('b')],
    ['one line against another', 'a'.repeat(mib), 'b'.repeat(mib)],
    ['one line repeated between marks', repetitive('x') + repetitive('y'), repetitive('y') + repetitive('x')],
    ['the same lines in reverse', counted.join(''), counted.toReversed().join('')],
    ['long lines, alike but for their ends', longLines(0), longLines(150)],
  ])('takes under 300 ms: %s', async (_what, before, after) => {
    expect(applyPatch(before, diffText(before, after, names).unified)).toBe(after);
    expect(await processorMs(() => diffText(before, after, names), 3)).toBeLessThan(300);
  });
});

describe('a search that is aborted', () => {
  it('replaces all between the first difference and the last', () => {
    const middle = numbered(1000);
    const around = (lines: string[]) => ['first\n', ...lines, 'last\n'].join('');
    const before = around(middle);
    const after = around(middle.toReversed());
    const { unified, hunks } = diffText(before, after, names);
    expect(hunks).toHaveLength(1);
    expect(hunks[0]).toMatchObject({ from_start: 1, from_lines: 1002, to_start: 1, to_lines: 1002 });
    expect(hunks[0]?.lines).toHaveLength(2002);
    expect(applyPatch(before, unified)).toBe(after);
  });

  it('is not aborted if half of a text is rewritten, at any length', () => {
    const before = numbered(20_000);
    const after = before.map((line, index) => (index % 20 === 0 ? `new ${line}` : line));
    expect(diffText(before.join(''), after.join(''), names).hunks).toHaveLength(1000);
  });

  it('gives the same answer each time', () => {
    const [before, after] = [repetitive('x'), repetitive('y')];
    expect(diffText(before, after, names)).toEqual(diffText(before, after, names));
  });
});
