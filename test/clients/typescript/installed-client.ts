import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const source = 'openapi/client';
const run = promisify(execFile);

/**
 * A project elsewhere that has installed the package that `npm pack` makes of the client; made once for each state of its
 * files. The registry is not asked.
 */
export async function installedClient(): Promise<{ project: string; client: string }> {
  const home = join(tmpdir(), 'promptyard-typescript-client');
  const kept = join(home, await fingerprint());
  if (!existsSync(kept)) {
    await mkdir(home, { recursive: true });
    const fresh = await mkdtemp(join(home, 'building-'));
    await install(fresh, await pack(fresh));
    await keep(fresh, kept);
  }
  const project = join(kept, 'project');
  return { project, client: join(project, 'node_modules/@promptyard/client') };
}

/** In a copy, so that nothing is left in the checkout; the compiler is the checkout's. */
async function pack(folder: string): Promise<string> {
  const copy = join(folder, 'client');
  await cp(source, copy, { recursive: true, filter: (path) => !/\/(dist|node_modules)$/.test(path) });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: copy });
  const [{ filename = '' } = {}] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename?: string }[];
  return join(folder, filename);
}

async function install(folder: string, tarball: string): Promise<void> {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: project });
}

async function keep(fresh: string, kept: string): Promise<void> {
  try {
    await rename(fresh, kept);
  } catch (error) {
    // Another run was first; its package is as good.
    if (!existsSync(kept)) throw error;
    await rm(fresh, { recursive: true });
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const files: string[] = [];
  for await (const file of glob(`${source}/**/*.{ts,mjs,json,md}`)) {
    if (!/\/(dist|node_modules)\//.test(file)) files.push(file);
  }
  for (const file of files.sort()) hash.update(file).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
