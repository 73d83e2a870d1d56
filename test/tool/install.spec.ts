import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../support/api.js';
import { onDisk, startTestServer, type TestServer } from '../support/test-server.js';
import type { TestPrompt } from '../support/prompts.js';
import { MeddlingProxy } from './meddling-proxy.js';
import { aPackage, greeting, ProjectFolder, release, tamperWith } from './project-folder.js';
import { ToolUser } from './run-tool.js';

let server: TestServer;
let proxy: MeddlingProxy;
let user: ToolUser;
let project: ProjectFolder;
beforeAll(async () => {
  server = await startTestServer(onDisk);
  proxy = await MeddlingProxy.before(server.url);
  await aPackage(server, 'support', '1.0.0', '1.1.0', '2.0.0');
  await aPackage(server, 'haiku', '0.3.1');
});
afterAll(async () => {
  proxy.close();
  await server.stop();
});
beforeEach(() => {
  proxy.meddling = 'none';
  proxy.asked.length = 0;
  user = new ToolUser({ PROMPTYARD_URL: proxy.url, PROMPTYARD_TOKEN: server.adminKey });
  project = new ProjectFolder(user);
});
afterEach(() => user.remove());

const template = (name: string) => project.read(`prompts/admin/${name}/prompt.md`);

describe('into an empty project', () => {
  it('installs the newest version, and writes down what was asked for and what was got', async () => {
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
  ])('takes admin/support%s for %s', async (wish, version, written) => {
    const { items } = await project.json(['install', `admin/support${wish}`]);
    expect(items).toEqual([expect.objectContaining({ prompt: 'admin/support', version, state: 'installed' })]);
    expect(JSON.parse(project.read('promptyard.json')).dependencies).toEqual({ 'admin/support': written });
  });

  it('installs several, elsewhere if told so', async () => {
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
  ])('ends with %d for %j, says why, and leaves nothing', async (code, args) => {
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
  it('installs what it names, keeps what else it says, and honours the lock until told otherwise', async () => {
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

  it('passes over what was yanked, and warns of what is locked all the same', async () => {
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

  it('forgets what is no dependency any more', async () => {
    await project.json(['install', 'admin/support', 'admin/haiku']);
    project.depend({ 'admin/haiku': '^0.3.1' });
    const { stderr } = await project.run(['install']);
    expect(stderr).toContain('admin/support is no dependency any more');
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
  it('installs what is locked, and asks for nothing else', async () => {
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

  it('overwrites no folder of somebody else', async () => {
    project.write('prompts/admin/haiku/prompt.md', 'Mine.');
    expect(await project.failure(['install', 'admin/haiku'])).toMatchObject({ exit: 1, code: 'LOCAL_CHANGES' });
    expect(template('haiku')).toBe('Mine.');
  });
});

describe('fails closed, and leaves what was there,', () => {
  let prompt: TestPrompt;
  let before: Record<string, string>;
  let count = 0;
  beforeEach(async () => {
    prompt = await aPackage(server, `closed-${(count += 1)}`, '1.0.0', '2.0.0');
    await project.json(['install', `admin/${prompt.name}@1.0.0`]);
    before = project.files();
  });
  afterEach(() => {
    expect(project.files()).toEqual(before);
    expect(template(prompt.name)).toBe(greeting('1.0.0'));
  });

  const wanted = () => `admin/${prompt.name}@2.0.0`;

  it('when the stored archive was tampered with', async () => {
    tamperWith(server, prompt.name, '2.0.0');
    const { code, stdout, stderr } = await project.run(['install', wanted()]);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain(`the download of ${wanted()} is not what the registry promised`);
    expect(stderr).toMatch(/promised: sha256 [0-9a-f]{64}\n *received: sha256 [0-9a-f]{64}\n/);
  });

  it('when the download is cut off', async () => {
    proxy.meddling = 'cut';
    const failure = await project.failure(['install', wanted()]);
    expect(failure).toMatchObject({ exit: 5, code: 'VERIFICATION_FAILED' });
    expect(failure.message).toMatch(/^the download of .*@2\.0\.0 was cut off after \d+ of \d+ bytes$/);
  });

  it.each([
    ['sha256', 'f'.repeat(64)],
    ['size', 7],
    ['digest', `sha256:${'f'.repeat(64)}`],
    ['revision', 99],
  ])('when the lock names another %s than the registry', async (field, value) => {
    const id = `admin/${prompt.name}`;
    renameSync(join(project.path, 'prompts'), join(project.path, 'aside'));
    const lock = project.read('prompts.lock');
    project.editLock((packages) => (packages[id][field] = value));
    const failure = await project.failure(['install']);
    expect(failure).toMatchObject({ exit: 5, code: 'VERIFICATION_FAILED', message: expect.stringContaining(id) });
    expect(failure.details).toEqual([expect.stringContaining(`prompts.lock says ${value}, the registry`)]);
    expect(existsSync(join(project.path, 'prompts', 'admin'))).toBe(false);
    rmSync(join(project.path, 'prompts'), { recursive: true, force: true });
    renameSync(join(project.path, 'aside'), join(project.path, 'prompts'));
    project.write('prompts.lock', lock);
  });

  it('when the lock names other files than the package holds', async () => {
    project.editLock((packages) => (packages[`admin/${prompt.name}`].files['prompt.md'] = 'f'.repeat(64)));
    before = project.files();
    expect(await project.failure(['install', '--force'])).toMatchObject({
      exit: 5,
      message: expect.stringContaining('holds other files than prompts.lock says'),
      details: ['prompt.md was changed'],
    });
  });

  it('when the lock is not what promptyard wrote', async () => {
    project.editLock((packages) => (packages[`admin/${prompt.name}`].sha256 = '../../x'));
    before = project.files();
    expect(await project.failure(['install'])).toMatchObject({ exit: 5, code: 'BROKEN_LOCK' });
  });
});

describe('killed', () => {
  it('in the middle of a download leaves the old install, and completes when run again', async () => {
    await project.json(['install', 'admin/support@1.0.0']);
    const before = project.files();
    proxy.meddling = 'hold';
    const held = proxy.held();
    const killed = project.start(['install', 'admin/support@2.0.0']);
    await held;
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(project.files()).toEqual(before);
    proxy.meddling = 'none';
    expect((await project.json(['install', 'admin/support@2.0.0'])).items).toMatchObject([{ state: 'updated' }]);
    expect(template('support')).toBe(greeting('2.0.0'));
  });

  it('at any moment leaves the old files or the new ones, whole, and completes when run again', async () => {
    await project.json(['install', 'admin/support@1.0.0']);
    for (const [index, version] of ['2.0.0', '1.0.0', '2.0.0', '1.1.0', '1.0.0', '2.0.0'].entries()) {
      const killed = project.start(['install', `admin/support@${version}`]);
      setTimeout(() => killed.child.kill('SIGKILL'), 150 + index * 60);
      await killed.ended;
      await project.json(['install', `admin/support@${version}`]);
      expect(template('support')).toBe(greeting(version));
      expect(await project.json(['verify', '--offline'])).toMatchObject({ items: [{ version }] });
    }
  });

  it('between the two renames brings the old folder back', async () => {
    await project.json(['install', 'admin/support@1.0.0']);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const staging = join(project.path, 'prompts/.staging/admin--support');
    mkdirSync(join(staging, `new-${pid}-x`), { recursive: true });
    renameSync(join(project.path, 'prompts/admin/support'), join(staging, `old-${pid}-x`));
    expect((await project.json(['install'])).items).toMatchObject([{ state: 'unchanged' }]);
    expect(template('support')).toBe(greeting('1.0.0'));
    expect(readdirSync(join(project.path, 'prompts'))).toEqual(['admin']);
  });

  it('before the lock was written takes what is there for installed', async () => {
    await project.json(['install', 'admin/support@1.0.0']);
    const old = { lock: project.read('prompts.lock'), file: project.read('promptyard.json') };
    await project.json(['install', 'admin/support@2.0.0']);
    project.write('prompts.lock', old.lock);
    project.write('promptyard.json', old.file);
    expect((await project.json(['install', 'admin/support@2.0.0'])).items).toMatchObject([{ state: 'unchanged' }]);
    expect(project.lock()['admin/support']).toMatchObject({ version: '2.0.0' });
  });
});

describe('the cache', () => {
  const cached = () => join(user.home, '.cache/promptyard/archives');

  it('installs without a server, and with --offline asks nobody', async () => {
    await project.json(['install', 'admin/support', 'admin/haiku']);
    rmSync(join(project.path, 'prompts'), { recursive: true });
    proxy.asked.length = 0;
    expect((await project.json(['install', '--offline'])).items).toHaveLength(2);
    expect(proxy.asked).toEqual([]);
    expect(template('haiku')).toBe(greeting('0.3.1'));
  });

  it('is filled by lock, which installs nothing', async () => {
    project.depend({ 'admin/support': '^1.0' });
    expect((await project.json(['lock'])).items).toMatchObject([{ prompt: 'admin/support', version: '1.1.0' }]);
    expect(existsSync(join(project.path, 'prompts'))).toBe(false);
    await project.json(['install', '--offline', '--frozen']);
    expect(template('support')).toBe(greeting('1.1.0'));
  });

  it('is where XDG_CACHE_HOME says', async () => {
    const env = { XDG_CACHE_HOME: join(user.home, 'elsewhere') };
    await project.json(['install', 'admin/support'], { env });
    expect(readdirSync(join(user.home, 'elsewhere/promptyard/archives'))).toEqual([
      `${project.lock()['admin/support'].sha256}.tar.gz`,
    ]);
    expect(existsSync(cached())).toBe(false);
  });

  it('is not trusted', async () => {
    await project.json(['install', 'admin/support']);
    rmSync(join(project.path, 'prompts'), { recursive: true });
    const file = `${project.lock()['admin/support'].sha256}.tar.gz`;
    new ProjectFolder(user).write(join('..', '.cache/promptyard/archives', file), 'something else');
    expect(await project.failure(['install', '--offline'])).toMatchObject({ exit: 1, code: 'NOT_CACHED' });
    await project.json(['install']);
    expect(template('support')).toBe(greeting('2.0.0'));
  });

  it('does not make up what is not locked', async () => {
    expect(await project.failure(['install', 'admin/support', '--offline'])).toMatchObject({
      exit: 1,
      code: 'OFFLINE',
    });
  });

  it('may be missing', async () => {
    const env = { XDG_CACHE_HOME: '/dev/null' };
    await project.json(['install', 'admin/support'], { env });
    expect(proxy.asked.filter((path) => path.endsWith('/download'))).toHaveLength(1);
  });
});
