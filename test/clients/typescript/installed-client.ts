import { execFile } from 'node:child_process';
import { cp, glob, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from '../../support/build-cache.js';

const source = ['packages/client', 'packages/template', 'scripts/inline-packages.mjs'];
const run = promisify(execFile);

/**
 * A separate project that has installed the package that `npm pack` makes of the client. It is built once for each
 * state of the client's files, without a request to the npm registry.
 */
export async function installedClient(): Promise<{ project: string; client: string }> {
  const cached = await cachedFolder('promptyard-typescript-client', await sources(), async (fresh) => {
    await install(fresh, await pack(fresh));
  });
  const project = join(cached, 'project');
  return { project, client: join(project, 'node_modules/@promptyard/client') };
}

/** In a copy, so that nothing is left in the checkout; the compiler is the checkout's. */
async function pack(folder: string): Promise<string> {
  for (const path of source)
    await cp(path, join(folder, path), { recursive: true, filter: (part) => !/\/(dist|node_modules)$/.test(part) });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(folder, 'packages/client'),
  });
  const [{ filename = '' } = {}] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename?: string }[];
  return join(folder, filename);
}

async function install(folder: string, tarball: string): Promise<void> {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: project });
}

async function sources(): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(['packages/{client,template}/**/*.{ts,mjs,json,md}', 'scripts/inline-packages.mjs'])) {
    if (!/\/(dist|node_modules)\//.test(file)) files.push(file);
  }
  return files;
}
