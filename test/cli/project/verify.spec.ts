import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../../support/api.js';
import type { TestPrompt } from '../../support/prompts.js';
import { onDisk, startTestServer, type TestServer } from '../../support/test-server.js';
import { TamperingProxy } from './tampering-proxy.js';
import { aPackage, greeting, ProjectFolder, tamperWith } from './project-folder.js';
import { CliUser } from '../run-cli.js';

let server: TestServer;
let proxy: TamperingProxy;
let user: CliUser;
let project: ProjectFolder;
let prompt: TestPrompt;
let count = 0;
beforeAll(async () => {
  server = await startTestServer(onDisk);
  proxy = await TamperingProxy.before(server.url);
  await aPackage(server, 'other', '1.0.0');
});
afterAll(async () => {
  proxy.close();
  await server.stop();
});
beforeEach(async () => {
  proxy.tampering = 'none';
  user = new CliUser({ PROMPTYARD_URL: proxy.url, PROMPTYARD_TOKEN: server.adminKey });
  project = new ProjectFolder(user);
  prompt = await aPackage(server, `verified-${(count += 1)}`, '1.0.0');
  await project.json(['install', id(), 'admin/other']);
});
afterEach(() => user.remove());

const id = () => `admin/${prompt.name}`;
const folder = () => `prompts/admin/${prompt.name}`;
const verify = (...args: string[]) => project.failure(['verify', ...args]);

it('reports that everything matches the lock', async () => {
  expect(await project.run(['verify'])).toEqual({
    code: 0,
    stdout: '2 packages with 6 files: all match prompts.lock; the registry has the same\n',
    stderr: '',
  });
  expect(await project.json(['verify'])).toEqual({
    offline: false,
    items: [
      expect.objectContaining({ prompt: 'admin/other', version: '1.0.0', files: 3 }),
      expect.objectContaining({ prompt: id(), version: '1.0.0', files: 3 }),
    ],
  });
});

it.each([
  ['a changed file', 'prompt.md was changed', () => project.write(`${folder()}/prompt.md`, 'Mine.')],
  ['a lost file', 'README.md is missing', () => rmSync(join(project.path, folder(), 'README.md'))],
  ['a new file', '.hidden/a was added', () => project.write(`${folder()}/.hidden/a`, 'Mine.')],
  [
    'a link with the same content',
    'prompt.md was changed',
    () => {
      const aside = join(user.home, 'aside.md');
      writeFileSync(aside, greeting('1.0.0'));
      rmSync(join(project.path, folder(), 'prompt.md'));
      symlinkSync(aside, join(project.path, folder(), 'prompt.md'));
    },
  ],
])('finds %s, with and without the registry', async (_, difference, change) => {
  change();
  const finding = { exit: 5, code: 'VERIFICATION_FAILED', details: [`${folder()}: ${difference}`] };
  expect(await verify()).toMatchObject(finding);
  expect(await verify('--offline')).toMatchObject(finding);
});

it('finds a missing package', async () => {
  rmSync(join(project.path, folder()), { recursive: true });
  expect(await verify()).toMatchObject({ exit: 5, details: [`${folder()} is not installed`] });
});

it('finds an archive that was tampered with, though a good one is in the cache', async () => {
  tamperWith(server, prompt.name, '1.0.0');
  const { exit, details } = await verify();
  expect({ exit, details }).toEqual({
    exit: 5,
    details: [
      expect.stringMatching(
        /^the download of .*@1\.0\.0 does not have the digest that the registry announced; expected: sha256 .*/,
      ),
    ],
  });
  expect((await project.run(['verify', '--offline'])).code).toBe(0);
});

it('does not accept a truncated download', async () => {
  proxy.tampering = 'cut';
  const { exit, details } = await verify();
  expect({ exit, details }).toEqual({
    exit: 5,
    details: [expect.stringMatching(/other.*cut off after/), expect.stringMatching(/verified.*cut off after/)],
  });
});

it.each([
  ['sha256', 'sha256', 'f'.repeat(64)],
  ['size', 'size', 7],
  ['revision', 'revision', 99],
  ['digest', 'digest of the revision', `sha256:${'f'.repeat(64)}`],
])('finds a wrong %s in the lock', async (field, name, value) => {
  project.editLock((packages) => (packages[id()][field] = value));
  const { exit, details } = await verify();
  expect({ exit, details }).toEqual({
    exit: 5,
    details: [expect.stringMatching(new RegExp(`^${id()}@1\\.0\\.0: ${name}: prompts\\.lock says ${value}, `))],
  });
});

it('finds a lock that was changed together with a file', async () => {
  project.write(`${folder()}/prompt.md`, '');
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  project.editLock((packages) => (packages[id()].files['prompt.md'] = empty));
  expect((await project.run(['verify', '--offline'])).code).toBe(0);
  expect(await verify()).toMatchObject({
    exit: 5,
    details: [`${id()}@1.0.0: against the package in the registry, prompt.md was changed`],
  });
});

it('finds a version that the registry does not have', async () => {
  await call(server, 'DELETE', prompt.idPath, { token: server.adminKey });
  expect(await verify()).toMatchObject({ exit: 5, details: [`${id()}@1.0.0: prompt not found`] });
});

it('reports all findings together', async () => {
  project.write(`${folder()}/prompt.md`, 'Mine.');
  project.write('prompts/admin/other/prompt.md', 'Mine.');
  tamperWith(server, prompt.name, '1.0.0');
  const { message, details } = await verify();
  expect(message).toBe('3 things are different from prompts.lock');
  expect(details).toHaveLength(3);
});

it('distinguishes an unreachable registry from a finding', async () => {
  expect(await verify('--url', 'http://127.0.0.1:1')).toMatchObject({ exit: 6, code: 'UNREACHABLE' });
  expect((await project.run(['verify', '--offline', '--url', 'http://127.0.0.1:1'])).code).toBe(0);
});

it('fails without a lock', async () => {
  rmSync(join(project.path, 'prompts.lock'));
  expect(await verify()).toMatchObject({ exit: 1, code: 'NO_LOCK' });
});
