import { linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliUser } from '../run-cli.js';
import { at, clear, eachWithHostileProject, expectRefused, promptId, link, pipe } from './hostile-project.js';
import type { OutsideFolder } from './outside-folder.js';
import type { ProjectFolder } from './project-folder.js';

// Files that a command is told to read or write, in a project of another person.

let user: CliUser;
let project: ProjectFolder;
let outside: OutsideFolder;
eachWithHostileProject((given) => ({ user, project, outside } = given));

it('writes into no file that has a hard link outside', async () => {
  const names = [
    'promptyard.json',
    'prompts.lock',
    `prompts/${promptId}/prompt.md`,
    'p/greeting-1.0.0.tar.gz',
    'p/all.tar.gz',
  ];
  project.write('p/prompt.yaml', 'name: greeting\nversion: 1.0.0\n');
  project.write('p/prompt.md', 'Hello.');
  for (const name of names) {
    clear(name);
    linkSync(join(outside.path, name === 'prompts.lock' ? 'lock.json' : 'file.json'), at(name));
  }
  await project.json(['install', promptId, '--force']);
  await project.json(['pack', 'p', '-o', 'p/greeting-1.0.0.tar.gz']);
  outside.expectUntouched();
  expect(project.read('promptyard.json')).toContain('^1.0.0');
});

describe('a path argument', () => {
  beforeEach(() => {
    project.write('p/prompt.yaml', 'name: greeting\nversion: 1.0.0\n');
    project.write('p/prompt.md', 'Hello.');
    link('dir', promptId)();
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
    link('many/one/prompt.yaml', `${promptId}/prompt.yaml`)();
    pipe('many/two/prompt.yaml')();
    const { stdout } = await project.run(['import', 'packages', 'many', '--owner', 'acme', '--json']);
    expect(JSON.parse(stdout).refused).toHaveLength(2);
  });
});
