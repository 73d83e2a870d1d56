import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { diffText } from '../../../src/history/diff/diff-text.js';
import { textPair } from './texts.js';

const tools = [
  ['patch', ['--binary', '-s', '-p1', '-i', 'change.diff']],
  ['git', ['-c', 'core.autocrlf=false', 'apply', '--whitespace=nowarn', '-p1', 'change.diff']],
] as const;

const nastyPairs: [before: string, after: string][] = [
  ['', 'a\n'],
  ['', 'a'],
  ['a\n', ''],
  ['a', 'a\n'],
  ['a\n', 'a'],
  ['a\r\nb\r\n', 'a\r\nb'],
  ['a\r\nb\r\n', 'a\nb\n'],
  ['a\nb\n', 'a\r\nb\r\n'],
  ['\n\n\n', '\n\n'],
  ['-- a\n', '++ b\n'],
  ['a\u2028b\n', 'a\u2029b\n'],
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promptyard-diff-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each(tools)('%s', (tool, args) => {
  const isThere = spawnSync(tool, ['--version']).status === 0;

  /** `prompt.md` after the tool has applied the patch to it. */
  function apply(before: string, unified: string): string {
    writeFileSync(join(folder, 'prompt.md'), before);
    writeFileSync(join(folder, 'change.diff'), unified);
    execFileSync(tool, args, { cwd: folder, env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() } });
    return readFileSync(join(folder, 'prompt.md'), 'utf8');
  }

  function expectApplied([before, after]: [before: string, after: string]): void {
    const { unified } = diffText(before, after, { from: 'revision-3/prompt.md', to: 'revision-7/prompt.md' });
    if (unified !== '') expect(apply(before, unified)).toBe(after);
  }

  (isThere ? it : it.skip)('makes the new text of the old one', () => {
    nastyPairs.forEach(expectApplied);
    fc.assert(fc.property(textPair(), expectApplied), { numRuns: 100 });
  });
});
