import { join } from 'node:path';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { packageFiles, writeFolder } from './package/package-folder.js';
import { CliUser } from './run-cli.js';

let server: TestServer;
let user: CliUser;
beforeAll(async () => {
  server = await startTestServer();
  user = new CliUser({ PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey });
  const versions = { '1.0.0': 'Write about {{topic}}.\n', '1.1.0': 'Write {{lines}} lines about {{topic}}.\n' };
  for (const [version, template] of Object.entries(versions)) {
    writeFolder(join(user.home, 'poem'), packageFiles('poem', version, template));
    await user.json(['publish', 'poem', '--create']);
  }
});
afterAll(async () => {
  user.remove();
  await server.stop();
});

const run = (...args: string[]) => user.run(args);
const json = (...args: string[]) => user.json(args);

it('finds prompts, as a table and as JSON', async () => {
  const { stdout } = await run('search', 'about', 'topic');
  expect(stdout).toMatch(/^admin\/poem {2}0 ↓ {2}\d{4}-\d\d-\d\d {2}About a topic\.\n$/);
  expect(await json('search', '--owner', 'admin', '--limit', '1')).toMatchObject({
    items: [{ name: 'poem', owner_username: 'admin' }],
    limit: 1,
  });
});

it('succeeds if nothing is found', async () => {
  expect(await run('search', 'unheard-of')).toEqual({ code: 0, stdout: '', stderr: 'nothing found\n' });
});

it('shows a prompt with its labels and the variables of production', async () => {
  const { stdout } = await run('info', 'admin/poem');
  expect(stdout).toMatch(/^admin\/poem\nAbout a topic\.\n/);
  expect(stdout).toMatch(/latest version +1\.1\.0\n/);
  expect(stdout).toMatch(/labels .*production → 2/);
  expect(stdout).toMatch(/ {2}lines +optional +text\n/);
  expect(await json('info', 'admin/poem')).toMatchObject({ latest_version: '1.1.0', visibility: 'public' });
});

it('shows a prompt that has no revision yet', async () => {
  const body = JSON.stringify({ name: 'empty', description: '' });
  const headers = { authorization: `Bearer ${server.adminKey}`, 'content-type': 'application/json' };
  await fetch(`${server.url}/v1/prompts`, { method: 'POST', headers, body });
  expect(await json('info', 'admin/empty')).toMatchObject({ latest_version: null, variables: [] });
  expect(await run('versions', 'admin/empty')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'no version is published yet\n',
  });
});

it('lists versions, newest first', async () => {
  const { items } = await json('versions', 'admin/poem');
  expect(items.map(({ version }: { version: string }) => version)).toEqual(['1.1.0', '1.0.0']);
  expect((await run('versions', 'admin/poem')).stdout).toMatch(
    /^1\.1\.0 +\d{4}-\d\d-\d\d +3\.0 KiB +[0-9a-f]{12}\n1\.0\.0 /,
  );
});

it.each([
  ['versions', '1.0.0', '1.1.0'],
  ['revisions', '1', '2'],
  ['a version and a label', '1.0.0', 'production'],
])('writes the patch between %s alone to stdout', async (_, from, to) => {
  const { stdout, stderr } = await run('diff', 'admin/poem', from, to);
  expect(stdout).toMatch(
    /^--- .*\n\+\+\+ .*\n@@ .*\n-Write about \{\{topic\}\}\.\n\+Write \{\{lines\}\} lines about \{\{topic\}\}\.\n$/,
  );
  expect(stderr).toBe('variables added: lines\n');
  expect(await json('diff', 'admin/poem', from, to)).toMatchObject({ from: 1, to: 2 });
});

it('says which revision a label, a version, a range and a number mean', async () => {
  const revision = async (selector: string) => (await json('resolve', `admin/poem${selector}`)).number;
  expect(await Promise.all(['', '@latest', '@^1.0', '@1.0.0', '@1'].map(revision))).toEqual([2, 2, 2, 1, 1]);
  expect((await run('resolve', 'admin/poem@1.0.0', '--content')).stdout).toBe('Write about {{topic}}.\n');
});

it('fails if another digest was expected', async () => {
  const { digest } = await json('resolve', 'admin/poem');
  expect((await run('resolve', 'admin/poem', '--expect', digest)).code).toBe(0);
  expect((await run('resolve', 'admin/poem@1.0.0', '--expect', digest)).code).toBe(5);
});

it('moves labels to versions, numbers and other labels, lists and deletes them', async () => {
  await json('label', 'move', 'admin/poem', 'staging', '1.0.0');
  expect((await json('resolve', 'admin/poem@staging')).number).toBe(1);
  await json('label', 'move', 'admin/poem', 'staging', 'production');
  expect((await json('resolve', 'admin/poem@staging')).number).toBe(2);
  expect(await json('label', 'move', 'admin/poem', 'staging', '1')).toMatchObject({ label: 'staging', revision: 1 });
  expect((await run('label', 'list', 'admin/poem')).stdout).toMatch(/^staging +revision 1 +\d{4}-\d\d-\d\d admin$/m);
  await json('label', 'delete', 'admin/poem', 'staging');
  expect((await run('resolve', 'admin/poem@staging')).code).toBe(3);
});

it('hides a version from ranges and shows it again', async () => {
  await json('yank', 'admin/poem@1.1.0', '--reason', 'too long');
  expect((await json('resolve', 'admin/poem@^1.0')).number).toBe(1);
  expect((await run('versions', 'admin/poem')).stdout).toMatch(/^1\.1\.0 .*yanked: too long$/m);
  await json('yank', 'admin/poem@1.1.0', '--undo');
  expect((await json('resolve', 'admin/poem@^1.0')).number).toBe(2);
});

it('shows the deprecation notice with every read', async () => {
  await json('deprecate', 'admin/poem@1.0.0', 'use admin/sonnet');
  expect((await run('resolve', 'admin/poem@1.0.0')).stderr).toContain('deprecated: use admin/sonnet');
  await json('deprecate', 'admin/poem@1.0.0', '--undo');
  expect((await run('resolve', 'admin/poem@1.0.0')).stderr).toBe('');
});

it('draws the downloads', async () => {
  const before = await run('stats', 'admin/poem');
  expect(before.stdout).toContain('0 downloads, by day\n\nno downloads in this time');
  for (let time = 0; time < 3; time += 1) {
    await fetch(`${server.url}/v1/prompts/admin/poem/versions/1.1.0/download`, { redirect: 'manual' });
  }
  expect(await json('stats', 'admin/poem', '--version', '1.1.0')).toMatchObject({ total: 3 });
  const { stdout } = await run('stats', 'admin/poem');
  expect(stdout).toMatch(/3 downloads, by day\n\n3 ┤ {59}█\n/);
});

it.each([
  [3, ['info', 'admin/none']],
  [3, ['diff', 'admin/poem', '1', '99']],
  [2, ['info', 'poem']],
  [2, ['info', 'admin/poem@1.0.0']],
  [2, ['info', '../poem']],
  [2, ['yank', 'admin/poem@^1.0']],
  [2, ['yank', 'admin/poem@1.0.0', '--undo', '--reason', 'x']],
  [2, ['deprecate', 'admin/poem@1.0.0']],
  [2, ['search', '--sort', 'luck']],
  [2, ['label']],
  [1, ['search', '--limit', '1000']],
])('ends with %d for %j, and says why', async (code, args) => {
  const plain = await run(...args);
  expect(plain).toEqual({ code, stdout: '', stderr: expect.stringMatching(/./) });
  const { stdout } = await run(...args, '--json');
  if (args.length > 1)
    expect(JSON.parse(stdout)).toEqual({
      error: expect.objectContaining({ code: expect.stringMatching(/^[A-Z_]+$/), message: expect.any(String) }),
    });
});
