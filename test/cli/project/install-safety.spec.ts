import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestPrompt } from '../../support/prompts.js';
import { onDisk, startTestServer, type TestServer } from '../../support/test-server.js';
import { TamperingProxy } from './tampering-proxy.js';
import { aPackage, greeting, ProjectFolder, tamperWith } from './project-folder.js';
import { CliUser } from '../run-cli.js';

let server: TestServer;
let proxy: TamperingProxy;
let user: CliUser;
let project: ProjectFolder;
beforeAll(async () => {
  server = await startTestServer(onDisk);
  proxy = await TamperingProxy.before(server.url);
  await aPackage(server, 'support', '1.0.0', '1.1.0', '2.0.0');
  await aPackage(server, 'haiku', '0.3.1');
});
afterAll(async () => {
  proxy.close();
  await server.stop();
});
beforeEach(() => {
  proxy.tampering = 'none';
  proxy.asked.length = 0;
  user = new CliUser({ PROMPTYARD_URL: proxy.url, PROMPTYARD_TOKEN: server.adminKey });
  project = new ProjectFolder(user);
});
afterEach(() => user.remove());

const template = (name: string) => project.read(`prompts/admin/${name}/prompt.md`);

describe('fails, and leaves the installed files,', () => {
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
    expect(stderr).toContain(`the download of ${wanted()} does not have the digest that the registry announced`);
    expect(stderr).toMatch(/expected: sha256 [0-9a-f]{64}\n *received: sha256 [0-9a-f]{64}\n/);
  });

  it('when the download is cut off', async () => {
    proxy.tampering = 'cut';
    const failure = await project.failure(['install', wanted()]);
    expect(failure).toMatchObject({ exit: 5, code: 'VERIFICATION_FAILED' });
    expect(failure.message).toMatch(/^the download of .*@2\.0\.0 was cut off after \d+ of \d+ bytes$/);
  });

  it.each([
    ['sha256', 'f'.repeat(64)],
    ['size', 7],
    ['digest', `sha256:${'f'.repeat(64)}`],
    ['revision', 99],
  ])('when the lock has another %s than the registry', async (field, value) => {
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

  it('when the lock has other files than the package', async () => {
    project.editLock((packages) => (packages[`admin/${prompt.name}`].files['prompt.md'] = 'f'.repeat(64)));
    before = project.files();
    expect(await project.failure(['install', '--force'])).toMatchObject({
      exit: 5,
      message: expect.stringContaining('has other files than prompts.lock says'),
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
  it('during a download leaves the old installation, and completes when run again', async () => {
    await project.json(['install', 'admin/support@1.0.0']);
    const before = project.files();
    proxy.tampering = 'hold';
    const held = proxy.held();
    const killed = project.start(['install', 'admin/support@2.0.0']);
    await held;
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(project.files()).toEqual(before);
    proxy.tampering = 'none';
    expect((await project.json(['install', 'admin/support@2.0.0'])).items).toMatchObject([{ state: 'updated' }]);
    expect(template('support')).toBe(greeting('2.0.0'));
  });

  it('at any moment leaves either the old files or the new ones, and completes when run again', async () => {
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

  it('between the two renames restores the old folder', async () => {
    await project.json(['install', 'admin/support@1.0.0']);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const own = `${pid}-${randomUUID()}`;
    const staging = join(project.path, 'prompts/.staging/admin--support');
    mkdirSync(join(staging, `new-${own}`), { recursive: true });
    renameSync(join(project.path, 'prompts/admin/support'), join(staging, `old-${own}`));
    expect((await project.json(['install'])).items).toMatchObject([{ state: 'unchanged' }]);
    expect(template('support')).toBe(greeting('1.0.0'));
    expect(readdirSync(join(project.path, 'prompts'))).toEqual(['admin']);
  });

  it('before the lock was written treats the files as installed', async () => {
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

  it('installs without a server, and with --offline sends no request', async () => {
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

  it('is in XDG_CACHE_HOME', async () => {
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

  it('cannot replace a missing lock entry', async () => {
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
