import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../../support/api.js';
import { onDisk, startTestServer, type TestServer } from '../../support/test-server.js';
import { aPackage, greeting, ProjectFolder, release } from './project-folder.js';
import { CliUser } from '../run-cli.js';

let server: TestServer;
let user: CliUser;
let project: ProjectFolder;
beforeAll(async () => {
  server = await startTestServer(onDisk);
  await aPackage(server, 'support', '1.0.0', '1.1.0', '2.0.0');
  await aPackage(server, 'haiku', '0.3.1');
});
afterAll(() => server.stop());
beforeEach(() => {
  user = new CliUser({ PROMPTYARD_URL: server.url, PROMPTYARD_TOKEN: server.adminKey });
  project = new ProjectFolder(user);
});
afterEach(() => user.remove());

const template = (name: string) => project.read(`prompts/admin/${name}/prompt.md`);

describe('into an empty project', () => {
  it('installs the newest version, and writes the project file and the lock', async () => {
    const { stdout, stderr, code } = await project.run(['install', 'admin/support']);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^admin\/support +2\.0\.0 +installed +prompts\/admin\/support\n$/),
      stderr: '',
    });
    expect(JSON.parse(project.read('promptyard.json'))).toEqual({ dependencies: { 'admin/support': '^2.0.0' } });
    const { body } = await call(server, 'GET', '/v1/prompts/admin/support/versions/2.0.0');
    const resolved = await call(server, 'GET', '/v1/prompts/admin/support/resolve?version=2.0.0');
    const file = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(project.lock()).toEqual({
      'admin/support': {
        wanted: '^2.0.0',
        version: '2.0.0',
        sha256: body.sha256,
        size: body['size'],
        revision: 3,
        digest: resolved.body['digest'],
        files: { 'README.md': file, 'prompt.md': file, 'prompt.yaml': file },
      },
    });
    expect(template('support')).toBe(greeting('2.0.0'));
    expect(readdirSync(join(project.path, 'prompts'))).toEqual(['admin']);
  });

  it.each([
    ['@1.0.0', '1.0.0', '1.0.0'],
    ['@^1.0', '1.1.0', '^1.0'],
    ['@1.x', '1.1.0', '1.x'],
    ['@production', '2.0.0', 'production'],
    ['@latest', '2.0.0', '^2.0.0'],
  ])('resolves admin/support%s to %s', async (spec, version, written) => {
    const { items } = await project.json(['install', `admin/support${spec}`]);
    expect(items).toEqual([expect.objectContaining({ prompt: 'admin/support', version, state: 'installed' })]);
    expect(JSON.parse(project.read('promptyard.json')).dependencies).toEqual({ 'admin/support': written });
  });

  it('installs several packages, in another folder with --dir', async () => {
    await project.json(['install', 'admin/support', 'admin/haiku', '--dir', 'src/texts']);
    expect(project.read('src/texts/admin/haiku/prompt.md')).toBe(greeting('0.3.1'));
    expect(Object.keys(project.lock())).toEqual(['admin/haiku', 'admin/support']);
  });

  it.each([
    [3, ['admin/none']],
    [3, ['admin/support@9.9.9']],
    [3, ['admin/support@^9']],
    [3, ['admin/support@staging']],
    [2, ['admin/support@7']],
    [2, ['admin/support@^banana']],
    [2, ['support']],
    [2, ['Admin/support']],
    [2, ['.git/hooks']],
    [2, ['admin/support', '--frozen']],
    [1, []],
  ])('ends with %d for %j, says why, and leaves no files', async (code, args) => {
    const plain = await project.run(['install', ...args]);
    expect(plain).toEqual({ code, stdout: '', stderr: expect.stringMatching(/\n.*\n/) });
    expect(project.files()).toEqual({});
  });

  it('installs all or nothing', async () => {
    expect((await project.run(['install', 'admin/support', 'admin/haiku@^7'])).code).toBe(3);
    expect(project.files()).toEqual({});
  });
});

describe('with a promptyard.json', () => {
  it('installs its dependencies, keeps its other fields, and follows the lock without --update', async () => {
    const moving = await aPackage(server, 'moving', '1.0.0');
    project.write('promptyard.json', '{"name": "shop", "dependencies": {"admin/moving": "^1.0.0"}}');
    await project.json(['install']);
    await release(server, moving, '1.2.0');
    rmSync(join(project.path, 'prompts'), { recursive: true });
    expect((await project.json(['install'])).items).toMatchObject([{ version: '1.0.0', state: 'installed' }]);
    const updated = await project.run(['install', '--update']);
    expect(updated.stdout).toMatch(/^admin\/moving +1\.0\.0 → 1\.2\.0 +updated /);
    expect(template('moving')).toBe(greeting('1.2.0'));
    expect(JSON.parse(project.read('promptyard.json'))).toMatchObject({ name: 'shop' });
    expect((await project.json(['install'])).items).toMatchObject([{ version: '1.2.0', state: 'unchanged' }]);
  });

  it('skips yanked versions, and warns of a locked one', async () => {
    const { path } = await aPackage(server, 'yanked', '1.0.0', '1.1.0');
    const yank = (version: string) =>
      call(server, 'PATCH', `${path}/versions/${version}`, {
        token: server.adminKey,
        json: { yanked: true, reason: 'rude' },
      });
    await yank('1.1.0');
    project.depend({ 'admin/yanked': '^1.0.0' });
    expect((await project.json(['install'])).items).toMatchObject([{ version: '1.0.0' }]);
    await yank('1.0.0');
    rmSync(join(project.path, 'prompts'), { recursive: true });
    expect((await project.run(['install'])).stderr).toContain('warning: admin/yanked@1.0.0 is yanked: rude');
  });

  it('removes former dependencies from the lock', async () => {
    await project.json(['install', 'admin/support', 'admin/haiku']);
    project.depend({ 'admin/haiku': '^0.3.1' });
    const { stderr } = await project.run(['install']);
    expect(stderr).toContain('admin/support is not a dependency any more');
    expect(Object.keys(project.lock())).toEqual(['admin/haiku']);
  });

  it.each([
    ['no JSON', '{"dependencies": '],
    ['a name that leads elsewhere', '{"dependencies": {"../../etc": "^1.0.0"}}'],
    ['a wish that is none', '{"dependencies": {"admin/support": "what is good"}}'],
  ])('refuses one with %s', async (_, text) => {
    project.write('promptyard.json', text);
    expect(await project.failure(['install'])).toMatchObject({ exit: 1, code: 'BROKEN_PROJECT' });
  });
});

describe('--frozen', () => {
  it('installs the locked versions, without further requests', async () => {
    await project.json(['install', 'admin/support@^1.0']);
    rmSync(join(project.path, 'prompts'), { recursive: true });
    const before = project.read('prompts.lock');
    expect((await project.json(['install', '--frozen'])).items).toMatchObject([{ version: '1.1.0' }]);
    expect(project.read('prompts.lock')).toBe(before);
  });

  it.each([
    ['is not there', () => rmSync(join(project.path, 'prompts.lock'))],
    ['locks another range', () => project.depend({ 'admin/support': '^2.0.0' })],
    ['lacks a package', () => project.depend({ 'admin/support': '^1.0', 'admin/haiku': '^0.3.1' })],
    ['locks too much', () => project.depend({})],
    [
      'locks what the range does not allow',
      () => project.editLock((packages) => (packages['admin/support'].version = '2.0.0')),
    ],
  ])('refuses a lock that %s', async (_, change) => {
    await project.json(['install', 'admin/support@^1.0']);
    change();
    const before = project.files();
    expect(await project.failure(['install', '--frozen'])).toMatchObject({ exit: 1, code: 'LOCK_OUTDATED' });
    expect(project.files()).toEqual(before);
  });
});

describe('local changes', () => {
  beforeEach(async () => {
    await project.json(['install', 'admin/support@1.0.0']);
  });

  it.each([
    ['a changed file', 'prompt.md was changed', () => project.write('prompts/admin/support/prompt.md', 'Mine.')],
    ['a new file', 'notes/a.txt was added', () => project.write('prompts/admin/support/notes/a.txt', 'Mine.')],
    ['a lost file', 'README.md is missing', () => rmSync(join(project.path, 'prompts/admin/support/README.md'))],
  ])('keeps %s unless forced', async (_, detail, change) => {
    change();
    const before = project.files();
    for (const args of [
      ['install'],
      ['install', 'admin/support@2.0.0'],
      ['install', 'admin/haiku', 'admin/support@2.0.0'],
    ])
      expect(await project.failure(args)).toMatchObject({
        exit: 1,
        code: 'LOCAL_CHANGES',
        details: [`prompts/admin/support: ${detail}`],
      });
    expect(project.files()).toEqual(before);
    expect((await project.json(['install', '--force'])).items).toMatchObject([{ state: 'replaced' }]);
    expect(template('support')).toBe(greeting('1.0.0'));
    expect(await project.json(['verify'])).toMatchObject({ items: [{ prompt: 'admin/support' }] });
  });

  it('overwrites no folder that it did not install', async () => {
    project.write('prompts/admin/haiku/prompt.md', 'Mine.');
    expect(await project.failure(['install', 'admin/haiku'])).toMatchObject({ exit: 1, code: 'LOCAL_CHANGES' });
    expect(template('haiku')).toBe('Mine.');
  });
});
