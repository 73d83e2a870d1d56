import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { readPackage } from '@promptyard/package-format/read-package.js';
import { stream } from '../archives.js';

const shortFiles: Record<string, string> = {
  'prompt.yaml': 'name: greeting\nversion: 1.0.0\n',
  'prompt.md': 'Hello {{who}}\n',
  'README.md': '# Grüße\n',
  'docs/notes.md': 'x'.repeat(5000),
};

/** Over 256 bytes, so that ustar cannot hold it and every other format needs an extended header. */
const longPath = `docs/${'a long folder name/'.repeat(12)}ünïcode ${'x'.repeat(60)}.md`;
const longFiles: Record<string, string> = { ...shortFiles, [longPath]: 'deep' };

const pythonScript = `
import sys, tarfile
with tarfile.open(sys.argv[2], "w:gz", format=getattr(tarfile, sys.argv[1])) as tar:
    tar.add(".", recursive=True)
`;

const gitScript = `
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
git init -q . && git add . && git commit -qm x && git archive --format=tar.gz -o "$0" HEAD && rm -rf .git
`;

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'package-'));
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** What `program` makes of a folder with these files. OUT among its arguments is the archive. */
function archived(files: Record<string, string>, program: string, args: string[]): Buffer {
  const folder = mkdtempSync(join(root, 'files-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const out = `${folder}.tar.gz`;
  execFileSync(
    program,
    args.map((arg) => (arg === 'OUT' ? out : arg)),
    { cwd: folder },
  );
  return readFileSync(out);
}

async function expectAll(archive: Buffer, files: Record<string, string>): Promise<void> {
  const contents = await readPackage(stream(archive), { name: 'greeting', version: '1.0.0' });
  const sizes = Object.entries(files).map(([path, text]) => [path, Buffer.byteLength(text)] as const);
  expect(new Map(contents.files.map(({ path, size }) => [path, size]))).toEqual(new Map(sizes));
  expect([contents.template, contents.readme]).toEqual([files['prompt.md'], files['README.md']]);
}

const ifInstalled = (program: string) => (spawnSync(program, ['--version']).status === 0 ? describe : describe.skip);

ifInstalled('tar')('readPackage takes what GNU tar or bsdtar makes', () => {
  it('by default, of the folder itself', () => expectAll(archived(longFiles, 'tar', ['czf', 'OUT', './']), longFiles));
  it('as ustar', () => expectAll(archived(shortFiles, 'tar', ['czf', 'OUT', '--format=ustar', '.']), shortFiles));
  it('as pax', () => expectAll(archived(longFiles, 'tar', ['czf', 'OUT', '--format=pax', '.']), longFiles));
  it('of named files', () => {
    const names = ['prompt.yaml', 'prompt.md', 'README.md', 'docs'];
    return expectAll(archived(longFiles, 'tar', ['czf', 'OUT', ...names]), longFiles);
  });
});

ifInstalled('python3')('readPackage takes what Python makes', () => {
  it.each(['USTAR_FORMAT', 'GNU_FORMAT', 'PAX_FORMAT'])('as %s', async (format) => {
    const files = format === 'USTAR_FORMAT' ? shortFiles : longFiles;
    await expectAll(archived(files, 'python3', ['-c', pythonScript, format, 'OUT']), files);
  });
});

ifInstalled('git')('readPackage takes what git archive makes', () => {
  it('with its global comment', () => expectAll(archived(longFiles, 'sh', ['-c', gitScript, 'OUT']), longFiles));
});

describe('readPackage takes what tar-stream makes', () => {
  it('with PAX headers for long and non-ASCII names', async () => {
    const tar = pack();
    for (const [name, text] of Object.entries(longFiles)) tar.entry({ name }, text);
    tar.finalize();
    await expectAll(gzipSync(await buffer(tar)), longFiles);
  });
});
