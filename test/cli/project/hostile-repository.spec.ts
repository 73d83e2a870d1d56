import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { entry, withEntries } from '../../package-format/archives.js';
import { CliUser } from '../run-cli.js';
import { FakeRegistry } from './fake-registry.js';
import { everythingBelow, OutsideFolder } from './outside-folder.js';
import { ProjectFolder } from './project-folder.js';

// A repository of another person. With any content of it, no command reads, writes or removes anything outside of it.

const ID = 'acme/greeting';
const { pid } = spawnSync(process.execPath, ['-e', '']); // of a process that has ended
const staged = (kind: string) => `prompts/.staging/acme--greeting/${kind}-${pid}-${randomUUID()}`;

let registry: FakeRegistry;
let user: CliUser;
let project: ProjectFolder;
let outside: OutsideFolder;
let installed: ProjectFolder;
beforeAll(async () => {
  registry = await FakeRegistry.serving(withEntries(entry('notes/a.txt', 'A note.')));
  installed = new ProjectFolder(new CliUser({ PROMPTYARD_URL: registry.url }));
  await installed.json(['install', ID]);
});
afterAll(() => {
  installed.user.remove();
  registry.close();
});
beforeEach(() => {
  user = new CliUser({ PROMPTYARD_URL: registry.url });
  project = new ProjectFolder(user);
  cpSync(installed.path, project.path, { recursive: true });
  cpSync(join(installed.user.home, '.cache'), join(user.home, '.cache'), { recursive: true });
  outside = new OutsideFolder(user.home);
});
afterEach(() => {
  outside.expectUntouched();
  user.remove();
});

const at = (path: string) => join(project.path, path);
const clear = (path: string) => {
  rmSync(at(path), { recursive: true, force: true });
  mkdirSync(dirname(at(path)), { recursive: true });
};
const link = (path: string, target: string) => () => {
  clear(path);
  symlinkSync(join(outside.path, target), at(path));
};
const pipe = (path: string) => () => {
  clear(path);
  execFileSync('mkfifo', [at(path)]);
};
const file = (path: string) => () => {
  clear(path);
  writeFileSync(at(path), '');
};
const folder = (path: string) => () => {
  clear(path);
  mkdirSync(at(path));
};
const socket = (path: string) => async () => {
  clear(path);
  // The path of a socket has at most 107 bytes, so it is created with a short path and moved.
  const near = join(user.home, 's');
  const server = createServer().listen(near);
  await new Promise((listening) => server.once('listening', listening));
  renameSync(near, at(path));
  server.close();
};

/** Each must end in one line that names the path, with exit code 5, and leave all as it was. */
async function expectRefused(path: string, ...commands: readonly string[][]): Promise<void> {
  const before = everythingBelow(project.path);
  const runs = await Promise.all(
    commands.map(async (command) => ({ command, ...(await project.run(command, { stdin: '' })) })),
  );
  for (const run of runs) {
    expect(run).toEqual({
      command: run.command,
      code: 5,
      stdout: '',
      stderr: expect.stringMatching(/^promptyard: (?!an error)[^\n]+\n$/),
    });
    expect(run.stderr).toContain(`promptyard: ${path} `);
  }
  expect(everythingBelow(project.path)).toEqual(before);
  outside.expectUntouched();
}

type Hostile = readonly [what: string, path: string, prepare: () => void | Promise<void>];

const places: readonly Hostile[] = [
  ['prompts is a link', 'prompts', link('prompts', '.')],
  ['prompts is a link to nothing', 'prompts', link('prompts', 'not/there')],
  ['prompts is a pipe', 'prompts', pipe('prompts')],
  ['prompts is a file', 'prompts', file('prompts')],
  ["an owner's folder is a link", 'prompts/acme', link('prompts/acme', 'acme')],
  ["an owner's folder is a link to nothing", 'prompts/acme', link('prompts/acme', 'not/there')],
  ["an owner's folder is a socket", 'prompts/acme', socket('prompts/acme')],
  ["a package's folder is a link", `prompts/${ID}`, link(`prompts/${ID}`, ID)],
  ["a package's folder is a link to nothing", `prompts/${ID}`, link(`prompts/${ID}`, 'not/there')],
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
    return [`what looks like ${kind} is a link`, path, link(path, ID)];
  }),
  [
    'something else in .staging is a link',
    'prompts/.staging/acme--greeting/x',
    link('prompts/.staging/acme--greeting/x', ID),
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
  await expectRefused(path, ['install', ID], ['lock', '--update'], ['verify', '--offline'], ['outdated']);
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
  expect(readFileSync(join(elsewhere, ID, 'notes/a.txt'), 'utf8')).toBe('A note.');
});

it('recognises the project under its other names', async () => {
  link('prompts', '.')();
  const other = join(user.home, 'other-name');
  symlinkSync(project.path, other);
  await expectRefused(join(other, 'prompts'), ['install', '--dir', join(other, 'prompts')]);
});

describe('links in a folder of a package', () => {
  it('are reported, and are not followed', async () => {
    link(`prompts/${ID}/prompt.md`, `${ID}/prompt.md`)();
    link(`prompts/${ID}/notes`, ID)();
    pipe(`prompts/${ID}/README.md`)();
    const before = everythingBelow(project.path);
    const changes = ['README.md was added', 'notes was added', 'notes/a.txt is missing', 'prompt.md was changed'];
    const details = changes.map((change) => `prompts/${ID}: ${change}`);
    expect(await project.failure(['verify', '--offline'])).toMatchObject({ exit: 5, details });
    expect(await project.failure(['install'])).toMatchObject({ exit: 1, code: 'LOCAL_CHANGES', details });
    expect(everythingBelow(project.path)).toEqual(before);
  });

  it('are removed themselves with --force', async () => {
    link(`prompts/${ID}/notes`, ID)();
    await project.json(['install', '--force']);
    expect(project.read(`prompts/${ID}/notes/a.txt`)).toBe('A note.');
  });
});

it.each(['../../outside/x', 'acme/..', '/etc/passwd', 'acme\\greeting', '.staging/x'])(
  'refuses %j as a package, in the lock and in the project',
  async (id) => {
    const lock = project.lock();
    project.editLock((packages) => (packages[id] = lock[ID]));
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
    project.editLock((packages) => (packages[ID].files[path] = packages[ID].files['prompt.md']));
    const details = [`prompts/${ID}: ${path} is missing`];
    expect(await project.failure(['verify', '--offline'])).toMatchObject({ exit: 5, details });
    clear(`prompts/${ID}`);
    expect(await project.failure(['install'])).toMatchObject({ exit: 5, code: 'VERIFICATION_FAILED' });
    expect(existsSync(at(`prompts/${ID}`))).toBe(false);
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
    const { sha256 } = project.lock()[ID];
    rmSync(join(cache, `${sha256}.tar.gz`));
    execFileSync('mkfifo', [join(cache, `${sha256}.tar.gz`)]);
    clear(`prompts/${ID}`);
    await project.json(['install']);
    expect(project.read(`prompts/${ID}/notes/a.txt`)).toBe('A note.');
    expect(existsSync(big)).toBe(true);
  });
});

it('writes into no file that has a hard link outside', async () => {
  const names = [
    'promptyard.json',
    'prompts.lock',
    `prompts/${ID}/prompt.md`,
    'p/greeting-1.0.0.tar.gz',
    'p/all.tar.gz',
  ];
  project.write('p/prompt.yaml', 'name: greeting\nversion: 1.0.0\n');
  project.write('p/prompt.md', 'Hello.');
  for (const name of names) {
    clear(name);
    linkSync(join(outside.path, name === 'prompts.lock' ? 'lock.json' : 'file.json'), at(name));
  }
  await project.json(['install', ID, '--force']);
  await project.json(['pack', 'p', '-o', 'p/greeting-1.0.0.tar.gz']);
  outside.expectUntouched();
  expect(project.read('promptyard.json')).toContain('^1.0.0');
});

describe('a path argument', () => {
  beforeEach(() => {
    project.write('p/prompt.yaml', 'name: greeting\nversion: 1.0.0\n');
    project.write('p/prompt.md', 'Hello.');
    link('dir', ID)();
    link('far', '.')();
    link('data', 'file.json')();
    link('nothing', 'not-there')();
    link('greeting-1.0.0.tar.gz', 'file.json')();
    pipe('pipe')();
  });

  const named: readonly [path: string, command: string[]][] = [
    ['greeting-1.0.0.tar.gz', ['pack', 'p']],
    ['nothing', ['pack', 'p', '-o', 'nothing']],
    ['far', ['pack', 'p', '-o', 'far/packed.tar.gz']],
    ['pipe', ['pack', 'p', '-o', 'pipe']],
    ['dir', ['pack', 'dir']],
    ['far', ['pack', 'far/acme/greeting']],
    ['dir', ['check', 'dir']],
    ['data', ['check', 'data']],
    ['dir', ['publish', 'dir', '--owner', 'acme']],
    ['far', ['publish', 'far/acme/greeting', '--owner', 'acme', '--create']],
    ['dir', ['run', './dir']],
    ['data', ['run', './p', '--var-file', 'data']],
    ['pipe', ['run', './p', '--var-file', 'pipe']],
    ['dir', ['init', 'dir', '--name', 'x']],
    ['far', ['init', 'far/fresh', '--name', 'x']],
    ['nothing', ['init', 'nothing', '--name', 'x']],
    ['data', ['export', 'data', '--owner', 'acme']],
    ['nothing', ['export', 'nothing']],
    ['far', ['export', 'far/all.tar.gz']],
    ['pipe', ['export', 'pipe']],
    ['dir', ['import', 'packages', 'dir', '--owner', 'acme']],
    ['data', ['import', 'archive', 'data', '--owner', 'acme']],
    ['pipe', ['import', 'archive', 'pipe', '--owner', 'acme']],
    ['data', ['import', 'open-webui', 'data', '--owner', 'acme']],
    ['data', ['import', 'prompts-chat', 'data', '--owner', 'acme']],
    ['pipe', ['import', 'prompts-chat', 'pipe', '--owner', 'acme']],
  ];

  it('is not followed if it is a link in the project', async () => {
    for (const path of new Set(named.map(([each]) => each)))
      await expectRefused(path, ...named.filter(([each]) => each === path).map(([, command]) => command));
  });

  it('is followed if it is outside of the project', async () => {
    const aside = join(user.home, 'aside.tar.gz');
    writeFileSync(aside, '');
    const alias = join(user.home, 'alias.tar.gz');
    symlinkSync(aside, alias);
    await project.json(['pack', 'p', '-o', alias]);
    expect(readFileSync(aside).length).toBeGreaterThan(0);
    expect(await project.json(['check', alias])).toMatchObject({ valid: true });
    expect(await project.json(['pack', 'p', '-o', '/dev/null'])).toMatchObject({ file: '/dev/null' });
    expect((await project.run(['run', './p', '--var-file', '/dev/null'])).code).toBe(2);
  });

  it('may contain a package whose link is reported, not followed', async () => {
    link('p/notes.txt', 'file.json')();
    pipe('p/pipe')();
    for (const command of [
      ['pack', 'p'],
      ['publish', 'p', '--owner', 'acme'],
      ['run', './p'],
    ])
      expect(await project.failure(command)).toMatchObject({
        exit: 1,
        code: 'INVALID_PACKAGE',
        details: expect.arrayContaining(['notes.txt: is a link or a device; packages hold files only']),
      });
    link('many/one/prompt.yaml', `${ID}/prompt.yaml`)();
    pipe('many/two/prompt.yaml')();
    const { stdout } = await project.run(['import', 'packages', 'many', '--owner', 'acme', '--json']);
    expect(JSON.parse(stdout).refused).toHaveLength(2);
  });
});
