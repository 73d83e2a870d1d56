import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { globSync, readFileSync, symlinkSync, utimesSync, chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildPackage } from '@promptyard/package-format/build-package.js';
import { packageFiles, writeFolder } from './package-folder.js';
import { CliUser } from '../run-cli.js';

let user: CliUser;
beforeEach(() => {
  user = new CliUser();
});
afterEach(() => user.remove());

const folder = (files: Readonly<Record<string, string | Buffer>>, name = 'one') =>
  writeFolder(join(user.home, name), files);
const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

it('creates a valid package, and overwrites nothing', async () => {
  expect(await user.json(['init', 'Code Review!'])).toMatchObject({ name: 'code-review', version: '1.0.0' });
  expect(await user.json(['check', 'Code Review!'])).toMatchObject({ valid: true, warnings: [] });
  const again = await user.run(['init', 'Code Review!']);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('already exists') });
});

it.each(globSync('examples/*'))('takes %s', async (example) => {
  expect(await user.json(['check', resolve(example)])).toMatchObject({ valid: true, problems: [] });
});

it('reports all problems together, with file and line', async () => {
  const manifest = 'name: Bad Name\nversion: 1.0\ninputs:\n  - name: 1a\n  - name: ok\n    required: yes\ntags: x\n';
  folder({ 'prompt.yaml': manifest });
  const { code, stdout } = await user.run(['check', 'one']);
  expect(code).toBe(1);
  expect(stdout.split('\n')).toEqual([
    'error prompt.md: is missing',
    expect.stringMatching(/^error prompt\.yaml:1: name is "Bad Name"/),
    expect.stringMatching(/^error prompt\.yaml:2: version is "1\.0"/),
    expect.stringMatching(/^error prompt\.yaml:4: inputs\[0\]\.name is "1a"/),
    'error prompt.yaml:6: inputs[1].required must be true or false',
    'error prompt.yaml:7: tags must be a list of texts',
    'one: 6 problems',
    '',
  ]);
});

it.each([
  ['name: x\nversion: 1.0.0\nname: y\n', 3, 'has the key "name" twice'],
  ['name: x\nversion: [\n', 3, 'is not valid YAML'],
  ['name: !x y\nversion: 1.0.0\n', undefined, 'tag'],
])('finds the line of an error in %j', async (manifest, line, message) => {
  folder({ ...packageFiles('x', '1.0.0'), 'prompt.yaml': manifest });
  const { code, stdout } = await user.run(['check', 'one', '--json']);
  expect(code).toBe(1);
  const { problems } = JSON.parse(stdout);
  expect(problems).toEqual([
    expect.objectContaining({ file: 'prompt.yaml', message: expect.stringContaining(message) }),
  ]);
  expect(problems[0].line).toBe(line);
});

it('warns of probable mistakes', async () => {
  folder(packageFiles('x', '1.0.0', 'Hello,\n\n{{who}}!\n'));
  expect(await user.json(['check', 'one'])).toMatchObject({
    valid: true,
    warnings: [
      { file: 'prompt.md', line: 3, message: expect.stringContaining('who is not declared') },
      { file: 'prompt.yaml', line: 5, message: expect.stringContaining('topic is declared, but not used') },
    ],
  });
});

it('refuses links', async () => {
  folder(packageFiles('x', '1.0.0'));
  symlinkSync('/etc/hostname', join(user.home, 'one', 'notes.txt'));
  const { code, stderr } = await user.run(['pack', 'one']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('notes.txt: is a link') });
  expect(globSync(join(user.home, '*.tar.gz'))).toEqual([]);
});

it('refuses files that are too large before it reads them all', async () => {
  folder({ ...packageFiles('x', '1.0.0'), 'big.bin': Buffer.alloc(10 * 1024 * 1024 + 1) });
  expect((await user.run(['check', 'one'])).stdout).toContain('error big.bin: is over 10 MiB');
});

it('compresses a package only if it is above the limit otherwise', async () => {
  folder({ ...packageFiles('x', '1.0.0'), 'a.bin': Buffer.alloc(6e6), 'b.bin': Buffer.alloc(6e6) });
  const { size } = await user.json(['pack', 'one', '-o', 'x.tar.gz']);
  expect(size).toBeLessThan(100_000);
  expect(await user.json(['check', 'x.tar.gz'])).toMatchObject({ valid: true });
});

it('makes the same bytes of the same files with any times, permissions and order', async () => {
  const files = { ...packageFiles('x', '1.0.0'), 'notes/b.txt': 'b', 'notes/a.txt': 'a', 'README.md': '# x\n' };
  folder(files);
  const other = folder(Object.fromEntries(Object.entries(files).reverse()), 'two');
  utimesSync(join(other, 'prompt.md'), new Date(0), new Date(0));
  chmodSync(join(other, 'prompt.md'), 0o600);
  const one = await user.json(['pack', 'one', '-o', 'one.tar.gz']);
  const two = await user.json(['pack', 'two', '-o', 'two.tar.gz']);
  expect(one.files.map(({ path }: { path: string }) => path)).toEqual([
    'prompt.yaml',
    'prompt.md',
    'README.md',
    'notes/a.txt',
    'notes/b.txt',
  ]);
  expect(two.sha256).toBe(one.sha256);
  expect(sha256(join(user.home, 'two.tar.gz'))).toBe(one.sha256);
});

it('makes the same bytes as the server from the files of a release', async () => {
  const release = await buildPackage({
    name: 'x',
    version: '1.0.0',
    description: 'About a topic.',
    author: null,
    inputs: [{ name: 'topic', required: true }],
    tags: ['a'],
    syntax: 'braces',
    extra: { licence: 'MIT' },
    template: 'Write about {{topic}}.',
    readme: '# x\n',
  });
  folder(await filesOf(release));
  await user.json(['pack', 'one', '-o', 'x.tar.gz']);
  expect(readFileSync(join(user.home, 'x.tar.gz')).equals(release)).toBe(true);
});

it('leaves out hidden files, node_modules and earlier packages, and says so', async () => {
  folder({
    ...packageFiles('x', '1.0.0'),
    '.env': 'SECRET=1',
    '.git/config': '',
    'node_modules/a/index.js': '',
    'x-0.9.0.tar.gz': 'old',
    'notes/.hidden': '',
  });
  const packed = await user.run(['pack', '.'], { cwd: join(user.home, 'one') });
  expect(packed.stderr).toContain('left out: .env, .git, node_modules, notes/.hidden, x-0.9.0.tar.gz');
  const { files, left_out } = await user.json(['check', '.'], { cwd: join(user.home, 'one') });
  expect(files).toHaveLength(2);
  expect(left_out).toContain('x-1.0.0.tar.gz');
});

it('validates a .tar.gz as the server does', async () => {
  folder(packageFiles('x', '1.0.0'));
  await user.json(['pack', 'one', '-o', 'x.tar.gz']);
  const archive = readFileSync(join(user.home, 'x.tar.gz'));
  writeFolder(user.home, { 'cut.tar.gz': archive.subarray(0, 200), 'two.tar.gz': Buffer.concat([archive, archive]) });
  expect((await user.run(['check', 'cut.tar.gz'])).stdout).toContain('ends in the middle');
  expect((await user.run(['check', 'two.tar.gz'])).code).toBe(1);
  expect(await user.run(['check', 'nowhere'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('promptyard init'),
  });
});

async function filesOf(archive: Buffer): Promise<Record<string, Buffer>> {
  const unpack = extract();
  unpack.end(gunzipSync(archive));
  const files: Record<string, Buffer> = {};
  for await (const entry of unpack) files[entry.header.name] = await buffer(entry);
  return files;
}
