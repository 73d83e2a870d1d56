import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { entry, withEntries } from '../../package-format/archives.js';
import { CliUser } from '../run-cli.js';
import { FakeRegistry } from './fake-registry.js';
import { everythingBelow, OutsideFolder } from './outside-folder.js';
import { ProjectFolder } from './project-folder.js';

export const promptId = 'acme/greeting';

/** A project with the installed package `ID`, which a test changes as a hostile author would, and a folder beside it. */
export interface HostileProject {
  readonly user: CliUser;
  readonly project: ProjectFolder;
  readonly outside: OutsideFolder;
}

let current: HostileProject;

/** Gives each test of the file a new copy, and checks after each that nothing outside of the project was touched. */
export function eachWithHostileProject(use: (given: HostileProject) => void): void {
  let registry: FakeRegistry;
  let installed: ProjectFolder;
  beforeAll(async () => {
    registry = await FakeRegistry.serving(withEntries(entry('notes/a.txt', 'A note.')));
    installed = new ProjectFolder(new CliUser({ PROMPTYARD_URL: registry.url }));
    await installed.json(['install', promptId]);
  });
  afterAll(() => {
    installed.user.remove();
    registry.close();
  });
  beforeEach(() => {
    const user = new CliUser({ PROMPTYARD_URL: registry.url });
    const project = new ProjectFolder(user);
    cpSync(installed.path, project.path, { recursive: true });
    cpSync(join(installed.user.home, '.cache'), join(user.home, '.cache'), { recursive: true });
    current = { user, project, outside: new OutsideFolder(user.home) };
    use(current);
  });
  afterEach(() => {
    current.outside.expectUntouched();
    current.user.remove();
  });
}

export const at = (path: string) => join(current.project.path, path);
export const clear = (path: string) => {
  rmSync(at(path), { recursive: true, force: true });
  mkdirSync(dirname(at(path)), { recursive: true });
};
export const link = (path: string, target: string) => () => {
  clear(path);
  symlinkSync(join(current.outside.path, target), at(path));
};
export const pipe = (path: string) => () => {
  clear(path);
  execFileSync('mkfifo', [at(path)]);
};
export const file = (path: string) => () => {
  clear(path);
  writeFileSync(at(path), '');
};
export const folder = (path: string) => () => {
  clear(path);
  mkdirSync(at(path));
};
export const socket = (path: string) => async () => {
  clear(path);
  // The path of a socket has at most 107 bytes, so it is created with a short path and moved.
  const near = join(current.user.home, 's');
  const server = createServer().listen(near);
  await new Promise((listening) => server.once('listening', listening));
  renameSync(near, at(path));
  server.close();
};

/** Each must end in one line that names the path, with exit code 5, and leave all as it was. */
export async function expectRefused(path: string, ...commands: readonly string[][]): Promise<void> {
  const { project, outside } = current;
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
