import { readdirSync } from 'node:fs';
import { ArchiveCache } from '@promptyard/cli/project/archives/archive-cache.js';
import { ArchiveProvider } from '@promptyard/cli/project/archives/archive-provider.js';
import {
  directory,
  entry,
  gzip,
  manifestText,
  pax,
  required,
  tar,
  withEntries,
  withManifest,
} from '../../package-format/archives.js';
import { reasonFor } from '../../package-format/refused/refusal.js';
import { FakeRegistry } from './fake-registry.js';
import { ProjectFolder } from './project-folder.js';
import { CliUser } from '../run-cli.js';

const mib = 1024 * 1024;
const good = withEntries(entry('notes/a.txt', 'A note.'));

let user: CliUser;
let project: ProjectFolder;
let registry: FakeRegistry;
beforeEach(() => {
  user = new CliUser({ PROMPTYARD_TOKEN: 'the-secret' });
  project = new ProjectFolder(user);
});
afterEach(() => {
  registry.close();
  user.remove();
});

async function install(archive: Buffer, lie: Partial<FakeRegistry['promised']> = {}) {
  registry = await FakeRegistry.serving(archive);
  Object.assign(registry.promised, lie);
  return project.failure(['install', 'acme/greeting', '--url', registry.url]);
}

/** Nothing was written in the project or beside it. Only the cache may contain the download. */
function expectNothingWritten(): void {
  expect(project.files()).toEqual({});
  expect(readdirSync(user.home).filter((name) => name !== '.cache')).toHaveLength(1);
}

const hostile: [what: string, archive: () => Buffer][] = [
  ['a step up', () => withEntries(entry('../../evil', 'x'))],
  ['a step up within', () => withEntries(entry('a/../../evil', 'x'))],
  ['an absolute path', () => withEntries(entry('/tmp/evil', 'x'))],
  ['a step up in a PAX path', () => withEntries(pax({ path: '../evil' }), entry('a', 'x'))],
  ['a backslash', () => withEntries(entry('..\\evil', 'x'))],
  ['a drive letter', () => withEntries(entry('C:/evil', 'x'))],
  ['a symbolic link', () => withEntries(entry('link', '', { type: '2', link: '/etc' }))],
  [
    'a file below a symbolic link',
    () => withEntries(entry('l', '', { type: '2', link: '/tmp' }), entry('l/evil', 'x')),
  ],
  ['a hard link', () => withEntries(entry('link', '', { type: '1', link: 'prompt.md' }))],
  ['a device', () => withEntries(entry('null', '', { type: '3' }))],
  ['the same path twice', () => withEntries(entry('a', 'x'), entry('./a', 'y'))],
  ['the same path in another case', () => withEntries(entry('a', 'x'), entry('A', 'y'))],
  ['a file that is a folder', () => withEntries(entry('a', 'x'), directory('a/b'))],
  ['a huge file', () => withEntries(entry('zeros', Buffer.alloc(10 * mib + 1)))],
  ['a bomb', () => withEntries(...Array.from({ length: 6 }, (_, n) => entry(`zeros-${n}`, Buffer.alloc(9 * mib))))],
  ['too many files', () => withEntries(...Array.from({ length: 1000 }, (_, n) => entry(`file-${n}`)))],
  ['no end', () => gzip(required())],
  ['two members', () => Buffer.concat([good, good])],
  ['another version', () => withManifest('name: greeting\nversion: 1.0.1\n')],
  ['no manifest', () => gzip(tar(entry('prompt.md', 'Hello.')))],
  ['no archive', () => Buffer.from('<html>Welcome</html>')],
];

it.each(hostile)('refuses %s for the reason that the server would give', async (_, make) => {
  const archive = make();
  const reason = await reasonFor(archive);
  expect(reason).toEqual(expect.any(String));
  expect(await install(archive)).toMatchObject({
    exit: 5,
    code: 'INVALID_PACKAGE',
    message: `acme/greeting@1.0.0 is no valid package: ${reason}`,
  });
  expectNothingWritten();
});

it('keeps the installed version if the next one is hostile', async () => {
  registry = await FakeRegistry.serving(good);
  await project.json(['install', 'acme/greeting', '--url', registry.url]);
  registry.close();
  project.editLock((packages) => (packages['acme/greeting'].version = '0.9.0'));
  const before = project.files();
  expect(await install(withEntries(entry('../evil', 'x')))).toMatchObject({ exit: 5, code: 'INVALID_PACKAGE' });
  expect(project.files()).toEqual(before);
  expect(project.read('prompts/acme/greeting/notes/a.txt')).toBe('A note.');
});

it.each([
  ['more bytes than promised', { size: good.length - 1 }, 5, 'is longer than the'],
  ['fewer bytes than promised', { size: good.length + 1 }, 5, 'was cut off after'],
  ['other bytes than promised', { sha256: 'f'.repeat(64) }, 5, 'does not have the digest that the registry announced'],
  ['a digest that is a path', { sha256: '../../../evil' }, 1, 'not from Promptyard'],
  ['a package over 10 MiB', { size: 10 * mib + 1 }, 1, 'not from Promptyard'],
])('refuses %s', async (_, lie, exit, message) => {
  expect(await install(good, lie)).toMatchObject({ exit, message: expect.stringContaining(message) });
  expectNothingWritten();
});

it('installs a valid one from the same registry, and sends the store no credentials', async () => {
  registry = await FakeRegistry.serving(good);
  await project.json(['install', 'acme/greeting', '--url', registry.url]);
  expect(project.read('prompts/acme/greeting/prompt.yaml')).toBe(manifestText);
  expect(project.read('prompts/acme/greeting/notes/a.txt')).toBe('A note.');
  expect(registry.stored).toHaveLength(1);
  expect(JSON.stringify(registry.stored)).not.toContain('the-secret');
});

it('installs a version that was published before its prompt was renamed', async () => {
  registry = await FakeRegistry.serving(withManifest('name: salutation\nversion: 1.0.0\n'));
  const { items } = await project.json(['install', 'acme/greeting', '--url', registry.url]);
  expect(items).toMatchObject([{ prompt: 'acme/greeting', state: 'installed' }]);
});

it('refuses an archive that the registry also offers as another version', async () => {
  registry = await FakeRegistry.serving(good);
  const { sha256, size } = registry.promised;
  const cache = new ArchiveCache({ XDG_CACHE_HOME: user.home });
  await cache.put(sha256, good);
  const archives = new ArchiveProvider({ cache, api: undefined });
  const files = (version: string) => archives.files({ id: 'acme/greeting', version, sha256, size }, () => undefined);
  expect([...(await files('1.0.0')).keys()]).toContain('notes/a.txt');
  await expect(files('1.0.1')).rejects.toMatchObject({ code: 'INVALID_PACKAGE' });
});
