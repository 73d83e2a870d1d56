import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { unifiedDiff } from '../../../../src/protocols/open-webui/history/difflib/unified-diff.js';
import { splitLines } from '../../../../src/protocols/open-webui/history/difflib/split-lines.js';
import { processorMs } from '../../../support/processor-time.js';

type Pair = readonly [from: string, to: string];

const names = { from: 'v0123abcd', to: 'v4567 é' };
const pythonScript = `
import difflib, json, sys
def diff(pair):
    old, new = (text.splitlines() for text in pair)
    return [old, new, list(difflib.unified_diff(old, new, fromfile=sys.argv[1], tofile=sys.argv[2], lineterm=""))]
print(json.dumps([diff(pair) for pair in json.load(sys.stdin)]))
`;

const lineEnds = ['\n', '\r\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'];
const noLineEnds = ['\x1f', '\x00', '\x84', '\x86', '\u2027', '\u202a', '\t', '\b', '\\n'];

/** Python answers for all pairs at once: each start of it takes longer than all the rest. */
function byPython(pairs: readonly Pair[]): unknown {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', pythonScript, names.from, names.to], {
    input: JSON.stringify(pairs),
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONUTF8: '1' },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const ours = ([from, to]: Pair) => [splitLines(from), splitLines(to), unifiedDiff(from, to, names)];

const sampled = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number) => fc.sample(arbitrary, { seed: 20_240_601, numRuns });

/** Lines of which some are many, some few and some different from all. */
const lineOf = (kinds: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.nat(kinds).map((kind) => `line ${kind}`) },
    { weight: 1, arbitrary: fc.constantFrom('', '', '', 'often', '}') },
    { weight: 1, arbitrary: fc.nat(1_000_000).map((only) => `only ${only}`) },
  );

const linesOf = (kinds: number, minLength: number, maxLength: number) =>
  fc.array(lineOf(kinds), { minLength, maxLength, size: 'max' });

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly string[];
  /** The new position of the removed lines; undefined to remove them. */
  readonly moveTo: number | undefined;
}

const editOf = (kinds: number): fc.Arbitrary<Edit> =>
  fc.record({
    at: fc.nat(10_000),
    remove: fc.nat(8),
    insert: fc.array(lineOf(kinds), { maxLength: 4 }),
    moveTo: fc.option(fc.nat(10_000), { nil: undefined }),
  });

function edited(lines: readonly string[], edits: readonly Edit[]): string[] {
  const result = [...lines];
  for (const { at, remove, insert, moveTo } of edits) {
    const removed = result.splice(at % (result.length + 1), remove, ...insert);
    if (moveTo !== undefined) result.splice(moveTo % (result.length + 1), 0, ...removed);
  }
  return result;
}

/** A text and what became of it; the last line of each has an end or none. */
const revised = (kinds: number, minLength: number, maxLength: number, edits: number) =>
  fc
    .tuple(
      linesOf(kinds, minLength, maxLength),
      fc.array(editOf(kinds), { maxLength: edits, size: 'max' }),
      fc.constantFrom('', '\n'),
      fc.constantFrom('', '\n'),
    )
    .map(([lines, changes, end, otherEnd]): Pair => [
      lines.join('\n') + end,
      edited(lines, changes).join('\n') + otherEnd,
    ]);

/** Unrelated texts that consist of the same few lines. */
const unrelated = (kinds: number, maxLength: number) =>
  fc
    .tuple(linesOf(kinds, 0, maxLength), linesOf(kinds, 0, maxLength))
    .map(([from, to]): Pair => [from.join('\n'), to.join('\n')]);

const withAnyEnds = fc
  .tuple(...Array.from({ length: 2 }, () => fc.array(fc.constantFrom('a', 'b', '', ...lineEnds, ...noLineEnds))))
  .map(([from = [], to = []]): Pair => [from.join(''), to.join('')]);

/**
 * The new text contains `often` the given number of times among the given number of lines; the old one begins
 * differently.
 */
function popular(lines: number, times: number): Pair {
  const others = Array.from({ length: lines - times }, (_, index) => `line ${index}`);
  const to = [...Array.from({ length: times }, () => 'often'), ...others];
  return [['often', 'often', 'x', 'often', ...others.slice(5).toReversed(), 'often'].join('\n'), to.join('\n')];
}

const byHand: Pair[] = [
  ['', ''],
  ['', 'a'],
  ['a\n', ''],
  ['a', 'a\n'],
  ['a\r\nb', 'a\nb\n'],
  ['\n', ''],
  ['\r', '\n\n'],
  ['a', 'b'],
  ['\ud800\nsame', '\udfff\nsame'],
  ['é\u0301\n𝒳', 'é\u0301\n𝒴'],
  ...[199, 200, 201, 299, 300, 301].flatMap((lines) => [2, 3, 4, 5].map((times) => popular(lines, times))),
  ...[5, 6, 7, 8].map((gap): Pair => {
    const same = Array.from({ length: gap }, (_, index) => `same ${index}`).join('\n');
    return [`x\n${same}\ny`, `X\n${same}\nY`];
  }),
];

const generatedPairs: [kind: string, pairs: Pair[]][] = [
  ['by hand', byHand],
  ['any line ends', sampled(withAnyEnds, 80)],
  ['short texts, revised', sampled(revised(6, 0, 30, 5), 80)],
  ['short texts of few kinds of lines', sampled(unrelated(2, 40), 60)],
  ['just under and over 200 lines', sampled(revised(20, 190, 210, 8), 60)],
  ['many lines, many of them popular', sampled(revised(8, 200, 700, 20), 40)],
  ['many lines of some kinds', sampled(revised(120, 200, 900, 40), 40)],
  ['many lines, unrelated', sampled(unrelated(100, 800), 20)],
  ['thousands of lines', sampled(revised(400, 4000, 5000, 60), 3)],
];

// CI has Python; elsewhere these tests are skipped without it.
const hasPython = process.env.CI !== undefined || spawnSync('python3', ['--version']).status === 0;

(hasPython ? describe : describe.skip)('what Python says', () => {
  it.each(generatedPairs)('%s', (_kind, pairs) => {
    expect(pairs.map(ours)).toEqual(byPython(pairs));
  });
});

describe('a unified diff', () => {
  const diff = (from: string, to: string) => unifiedDiff(from, to, { from: 'f', to: 't' });

  it('is empty for the same lines with any line ends', () => {
    expect(diff('a\r\nb', 'a\nb\n')).toEqual([]);
  });

  it('names both texts and counts from 1', () => {
    expect(diff('a\nb\nc\nd\ne', 'a\nb\nc\nd\nE\nf')).toEqual([
      '--- f',
      '+++ t',
      '@@ -2,4 +2,5 @@',
      ' b',
      ' c',
      ' d',
      '-e',
      '+E',
      '+f',
    ]);
  });

  it('writes one line without a count, and an empty range as the line before', () => {
    expect(diff('', 'a')).toEqual(['--- f', '+++ t', '@@ -0,0 +1 @@', '+a']);
  });

  it('finds no match by lines that are popular in 200', () => {
    const many = (start: string) => [start, ...Array.from({ length: 199 }, () => 'often')].join('\n');
    expect(diff(many('a'), many('b'))).toHaveLength(2 + 1 + 400);
  });
});

const mib = 1 << 20;
const numbered = (count: number, prefix = '') =>
  Array.from({ length: count }, (_, index) => prefix + index.toString(36));
/** Each of 103 lines as often as the others, so that none is popular; another stride makes another order. */
const lettered = (count: number, stride: number) =>
  Array.from({ length: count }, (_, index) => String.fromCharCode(0x4e00 + (((index + 1) * stride) % 103)));

/** Each match is the longest of the remaining text and at its end, after lines that all match elsewhere. */
function peeled(): Pair {
  const scattered = numbered(60_000);
  const tail = numbered(40_000, '+');
  const cut: string[] = [];
  for (let start = 0, size = 1; start < tail.length; start += size, size += 1) {
    cut.push(...tail.slice(start, start + size), `#${start}`);
  }
  const shuffled = scattered.map((_, index) => scattered[(index * 7919) % scattered.length]);
  return [[...scattered, ...tail].join('\n'), [...shuffled, ...cut].join('\n')];
}

/** The longest match is found within the limit, and the search before and behind it is aborted. */
function givenUpBeside(marks: string[]): Pair {
  const around = (stride: number) => [...lettered(24_500, stride), ...marks, ...lettered(24_500, stride)].join('\n');
  return [around(1), around(5)];
}

const hostilePairs: [what: string, from: string, to: string][] = [
  ['empty lines, one fewer', '\n'.repeat(mib), '\n'.repeat(mib - 1)],
  ['empty lines that end otherwise', '\n'.repeat(mib), '\r\n'.repeat(mib / 2)],
  ['500 000 lines in reverse', numbered(500_000).join('\n'), numbered(500_000).toReversed().join('\n')],
  ['two lines in turn', 'a\nb\n'.repeat(250_000), 'b\na\n'.repeat(250_000)],
  ['the same line against 199', 'a\n'.repeat(mib / 2), `${'a\n'.repeat(198)}b`],
  ['199 against the same line', `${'a\n'.repeat(198)}b`, 'a\n'.repeat(mib / 2)],
  ['as many of each line as are not popular', lettered(mib / 2, 1).join('\n'), lettered(mib / 2, 5).join('\n')],
  ['a separator before every other line', numbered(200_000).join('\n'), numbered(100_000).join('\n#\n')],
  [
    'another separator each time',
    numbered(150_000).join('\n'),
    numbered(90_000)
      .map((line) => `${line}\n#${line}`)
      .join('\n'),
  ],
  ['each match at the end of what is left', ...peeled()],
  ['given up on both sides of a match', ...givenUpBeside(['mark', 'marked'])],
  [
    'given up where all lines of one text begin and end the other',
    lettered(300_000, 1).join('\n'),
    lettered(299_897, 1).join('\n'),
  ],
];

/** Applies the diff to the old lines; throws if it does not fit. */
function patched(old: readonly string[], diff: readonly string[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const line of diff.slice(2)) {
    const start = /^@@ -(\d+)(,0)?/.exec(line);
    if (start) {
      const next = Number(start[1]) - (start[2] ? 0 : 1);
      while (at < next) result.push(old[at++] ?? '');
    } else {
      if (!line.startsWith('+') && line.slice(1) !== old[at++]) throw new Error(`not line ${at}: ${line}`);
      if (!line.startsWith('-')) result.push(line.slice(1));
    }
  }
  while (at < old.length) result.push(old[at++] ?? '');
  return result;
}

describe('texts that are expensive to compare', () => {
  it.each(hostilePairs)('take under 3 s of processor time and are diffed correctly: %s', async (_what, from, to) => {
    let diff: string[] = [];
    expect(await processorMs(() => (diff = unifiedDiff(from, to, names)))).toBeLessThan(3000);
    // Compared outside of Jest: its own comparison of a million lines takes longer than everything else.
    expect(patched(splitLines(from), diff).join('\n') === splitLines(to).join('\n')).toBe(true);
  });

  it('keep the equal lines at both ends if the search is aborted', () => {
    const around = (lines: string[]) => ['first', ...lines, 'last'].join('\n');
    const diff = unifiedDiff(around(lettered(300_000, 1)), around(lettered(300_000, 5)), names);
    expect(['-first', '+first', '-last', '+last'].filter((line) => diff.includes(line))).toEqual([]);
    expect(diff).toHaveLength(2 + 1 + 600_002);
  });

  it('keep the match that was found before the search was aborted', () => {
    const diff = unifiedDiff(...givenUpBeside(['mark', 'marked']), names);
    expect(diff.filter((line) => line.includes('mark'))).toEqual([' mark', ' marked']);
  });

  it('give the same answer each time', () => {
    const [from, to] = peeled();
    expect(unifiedDiff(from, to, names).join('\n') === unifiedDiff(from, to, names).join('\n')).toBe(true);
  });
});
