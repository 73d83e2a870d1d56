import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { relocate, restoreLinks, type PostgresBinaries } from './platform-binaries.js';
import { firstClosed, type SystemAccount } from './system-account.js';

const ANYBODY_MAY_ENTER = 0o755;
const ANYBODY_MAY_READ = 0o644;
const IS_PROGRAM = 0o100;
const SURELY_ABANDONED_MS = 3_600_000;

/** Whether `account` gets at the programs where they are; a package's files all have the rights that these have. */
export function canRun(binaries: PostgresBinaries, account: SystemAccount): boolean {
  const samples = [binaries.postgres, binaries.initdb, join(binaries.packageFolder, 'native', 'pg-symlinks.json')];
  return samples.filter(existsSync).every((path) => firstClosed(path, account) === undefined);
}

/** Puts a copy that everybody may run into `systemFolder`, once for each version, and returns that. */
export async function copyForEverybody(binaries: PostgresBinaries, systemFolder: string): Promise<PostgresBinaries> {
  const copy = join(systemFolder, `postgres-${binaries.version}`);
  if (!(await isComplete(binaries.packageFolder, copy))) await copyPackage(binaries.packageFolder, copy);
  return relocate(binaries, copy);
}

async function isComplete(original: string, copy: string): Promise<boolean> {
  const files = await readdir(join(original, 'native'), { recursive: true });
  return files.every((file) => isSame(join(original, 'native', file), join(copy, 'native', file)));
}

function isSame(original: string, copy: string): boolean {
  const [a, b] = [original, copy].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && (a.isDirectory() ? b.isDirectory() : a.size === b.size);
}

/** Made aside and renamed: nobody ever runs half a copy, and a broken one is moved out of the way in one step. */
async function copyPackage(original: string, copy: string): Promise<void> {
  const fresh = `${copy}.new-${randomUUID()}`;
  await removeAbandonedCopies(copy);
  await mkdir(fresh, { recursive: true });
  await cp(join(original, 'native'), join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
  await openToEverybody(fresh);
  restoreLinks(fresh);
  if (await isComplete(original, copy)) return rm(fresh, { recursive: true });
  const broken = `${copy}.old-${randomUUID()}`;
  if (existsSync(copy)) await rename(copy, broken);
  await rename(fresh, copy).catch(async (error: unknown) => {
    // Another process has put its copy there in this very moment: as good as ours.
    if (!(await isComplete(original, copy))) throw error;
    await rm(fresh, { recursive: true });
  });
  await rm(broken, { recursive: true, force: true });
}

/** What killed processes left; a copy takes seconds, so none that is still being made is this old. */
async function removeAbandonedCopies(copy: string): Promise<void> {
  const folder = dirname(copy);
  const names = (await readdir(folder)).filter((name) => /^postgres-.*\.(new|old)-/.test(name));
  for (const path of names.map((name) => join(folder, name))) {
    const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - madeAt > SURELY_ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}

async function openToEverybody(path: string): Promise<void> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return;
  const mayRun = stats.isDirectory() || (stats.mode & IS_PROGRAM) !== 0;
  await chmod(path, mayRun ? ANYBODY_MAY_ENTER : ANYBODY_MAY_READ);
  if (!stats.isDirectory()) return;
  for (const entry of await readdir(path)) await openToEverybody(join(path, entry));
}
