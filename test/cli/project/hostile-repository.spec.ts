import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { CliUser } from '../run-cli.js';
import {
  at,
  clear,
  eachWithHostileProject,
  expectRefused,
  file,
  folder,
  promptId,
  link,
  pipe,
  socket,
} from './hostile-project.js';
import { everythingBelow, type OutsideFolder } from './outside-folder.js';
import type { ProjectFolder } from './project-folder.js';

// A repository of another person. With any content of it, no command reads, writes or removes anything outside of it.

let user: CliUser;
let project: ProjectFolder;
let outside: OutsideFolder;
eachWithHostileProject((given) => ({ user, project, outside } = given));

const { pid } = spawnSync(process.execPath, ['-e', '']); // of a process that has ended
const staged = (kind: string) => `prompts/.staging/acme--greeting/${kind}-${pid}-${randomUUID()}`;

type Hostile = readonly [what: string, path: string, prepare: () => void | Promise<void>];

const places: readonly Hostile[] = [
  ['prompts is a link', 'prompts', link('prompts', '.')],
  ['prompts is a link to nothing', 'prompts', link('prompts', 'not/there')],
  ['prompts is a pipe', 'prompts', pipe('prompts')],
  ['prompts is a file', 'prompts', file('prompts')],
  ["an owner's folder is a link", 'prompts/acme', link('prompts/acme', 'acme')],
  ["an owner's folder is a link to nothing", 'prompts/acme', link('prompts/acme', 'not/there')],
  ["an owner's folder is a socket", 'prompts/acme', socket('prompts/acme')],
  ["a package's folder is a link", `prompts/${promptId}`, link(`prompts/${promptId}`, promptId)],
  ["a package's folder is a link to nothing", `prompts/${promptId}`, link(`prompts/${promptId}`, 'not/there')],
  ['.staging is a link', 'prompts/.staging', link('prompts/.staging', '.')],
  ['.staging is a link to nothing', 'prompts/.staging', link('prompts/.staging', 'not/there')],
  ['.staging is a pipe', 'prompts/.staging', pipe('prompts/.staging')],
  [
    "a package's folder in .staging is a link",
    'prompts/.staging/acme--greeting',
    link('prompts/.staging/acme--greeting', '.'),
  ],
  ...['old', 'new'].map((kind): Hostile => {
    const path = staged(kind);
    return [`what looks like ${kind} is a link`, path, link(path, promptId)];
  }),
  [
    'something else in .staging is a link',
    'prompts/.staging/acme--greeting/x',
    link('prompts/.staging/acme--greeting/x', promptId),
  ],
];

const files: readonly Hostile[] = ['promptyard.json', 'prompts.lock'].flatMap((path): Hostile[] => [
  [`${path} is a link`, path, link(path, 'file.json')],
  [`${path} is a link to nothing`, path, link(path, 'not-there.json')],
  [`${path} is a link to a device`, path, link(path, '../../../../../../dev/zero')],
  [`${path} is a pipe`, path, pipe(path)],
  [`${path} is a socket`, path, socket(path)],
  [`${path} is a folder`, path, folder(path)],
]);

it.each(places)('install and verify refuse if %s', async (_, path, prepare) => {
  await prepare();
  await expectRefused(path, ['install'], ['install', '--force', '--offline'], ['verify']);
});

it.each(files)('all commands of a project refuse if %s', async (_, path, prepare) => {
  await prepare();
  await expectRefused(path, ['install', promptId], ['lock', '--update'], ['verify', '--offline'], ['outdated']);
});

it('applies the same rule below another folder of the project, and below a given one outside of it', async () => {
  link('src/texts', '.')();
  await expectRefused('src/texts', ['install', '--dir', 'src/texts']);
  await expectRefused(at('src/texts'), ['verify', '--dir', at('src/texts')]);
  const elsewhere = join(user.home, 'elsewhere');
  mkdirSync(elsewhere);
  symlinkSync(join(outside.path, 'acme'), join(elsewhere, 'acme'));
  await expectRefused(join(elsewhere, 'acme'), ['install', '--dir', elsewhere]);
  rmSync(join(elsewhere, 'acme'));
  await project.json(['install', '--dir', elsewhere]);
  expect(readFileSync(join(elsewhere, promptId, 'notes/a.txt'), 'utf8')).toBe('A note.');
});

it('recognises the project under its other names', async () => {
  link('prompts', '.')();
  const other = join(user.home, 'other-name');
  symlinkSync(project.path, other);
  await expectRefused(join(other, 'prompts'), ['install', '--dir', join(other, 'prompts')]);
});

describe('links in a folder of a package', () => {
  it('are reported, and are not followed', async () => {
    link(`prompts/${promptId}/prompt.md`, `${promptId}/prompt.md`)();
    link(`prompts/${promptId}/notes`, promptId)();
    pipe(`prompts/${promptId}/README.md`)();
    const before = everythingBelow(project.path);
    const changes = ['README.md was added', 'notes was added', 'notes/a.txt is missing', 'prompt.md was changed'];
    const details = changes.map((change) => `prompts/${promptId}: ${change}`);
    expect(await project.failure(['verify', '--offline'])).toMatchObject({ exit: 5, details });
    expect(await project.failure(['install'])).toMatchObject({ exit: 1, code: 'LOCAL_CHANGES', details });
    expect(everythingBelow(project.path)).toEqual(before);
  });

  it('are removed themselves with --force', async () => {
    link(`prompts/${promptId}/notes`, promptId)();
    await project.json(['install', '--force']);
    expect(project.read(`prompts/${promptId}/notes/a.txt`)).toBe('A note.');
  });
});

it.each(['../../outside/x', 'acme/..', '/etc/passwd', 'acme\\greeting', '.staging/x'])(
  'refuses %j as a package, in the lock and in the project',
  async (id) => {
    const lock = project.lock();
    project.editLock((packages) => (packages[id] = lock[promptId]));
    for (const command of ['install', 'verify', 'lock'])
      expect(await project.failure([command])).toMatchObject({ exit: 5, code: 'BROKEN_LOCK' });
    project.editLock((packages) => Reflect.deleteProperty(packages, id));
    project.depend({ [id]: '^1.0.0' });
    for (const command of ['install', 'lock', 'outdated'])
      expect(await project.failure([command])).toMatchObject({ exit: 1, code: 'BROKEN_PROJECT' });
  },
);

it.each(['../../../outside/file.json', '/etc/passwd', 'a\\..\\b'])(
  'opens no file for the name %j in the lock',
  async (path) => {
    project.editLock((packages) => (packages[promptId].files[path] = packages[promptId].files['prompt.md']));
    const details = [`prompts/${promptId}: ${path} is missing`];
    expect(await project.failure(['verify', '--offline'])).toMatchObject({ exit: 5, details });
    clear(`prompts/${promptId}`);
    expect(await project.failure(['install'])).toMatchObject({ exit: 5, code: 'VERIFICATION_FAILED' });
    expect(existsSync(at(`prompts/${promptId}`))).toBe(false);
  },
);

describe('removes only its own files:', () => {
  it('other files in .staging stay', async () => {
    const left = staged('new');
    const foreign = ['keep', `new-${pid}-mine`, `old-${process.pid}-${randomUUID()}`].map(
      (name) => `prompts/.staging/acme--greeting/${name}`,
    );
    for (const path of [left, ...foreign]) project.write(`${path}/work.txt`, 'Mine.');
    project.write('prompts/.staging/acme--other/work.txt', 'Mine.');
    await project.json(['install', '--force']);
    expect(existsSync(at(left))).toBe(false);
    for (const path of [...foreign, 'prompts/.staging/acme--other'])
      expect(project.read(`${path}/work.txt`)).toBe('Mine.');
  });

  it('other files in the cache stay, and are not waited for', async () => {
    const cache = join(user.home, '.cache/promptyard/archives');
    const big = join(cache, 'keep.bin');
    execFileSync('truncate', ['-s', '300M', big]);
    const { sha256 } = project.lock()[promptId];
    rmSync(join(cache, `${sha256}.tar.gz`));
    execFileSync('mkfifo', [join(cache, `${sha256}.tar.gz`)]);
    clear(`prompts/${promptId}`);
    await project.json(['install']);
    expect(project.read(`prompts/${promptId}/notes/a.txt`)).toBe('A note.');
    expect(existsSync(big)).toBe(true);
  });
});
