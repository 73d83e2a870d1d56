import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { relocate, restoreLinks, type PostgresBinaries } from './platform-binaries.js';
import { firstInaccessible, type SystemAccount } from './system-account.js';

const modeExecutable = 0o755;
const modeReadable = 0o644;
const ownerExecuteBit = 0o100;
const maxAgeMs = 3_600_000;

/**
 * Whether `account` can run the programs where they are. All files of a package have the same permissions as these
 * samples.
 */
export function isRunnableBy(binaries: PostgresBinaries, account: SystemAccount): boolean {
  const samples = [binaries.postgres, binaries.initdb, join(binaries.packageFolder, 'native', 'pg-symlinks.json')];
  return samples.filter(existsSync).every((path) => firstInaccessible(path, account) === undefined);
}

/** Copies the programs to `systemFolder` for all users, once for each version, and returns the copy. */
export async function copyForAllUsers(binaries: PostgresBinaries, systemFolder: string): Promise<PostgresBinaries> {
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

/**
 * Copied under a temporary name and renamed, so that no process runs an incomplete copy. An old copy is replaced in one
 * step.
 */
async function copyPackage(original: string, copy: string): Promise<void> {
  const newCopy = `${copy}.new-${randomUUID()}`;
  await removeAbandonedCopies(copy);
  await mkdir(newCopy, { recursive: true });
  await cp(join(original, 'native'), join(newCopy, 'native'), { recursive: true, verbatimSymlinks: true });
  await grantAccessToAll(newCopy);
  restoreLinks(newCopy);
  if (await isComplete(original, copy)) return rm(newCopy, { recursive: true });
  const oldCopy = `${copy}.old-${randomUUID()}`;
  if (existsSync(copy)) await rename(copy, oldCopy);
  await rename(newCopy, copy).catch(async (error: unknown) => {
    // Another process has created the same copy at this moment.
    if (!(await isComplete(original, copy))) throw error;
    await rm(newCopy, { recursive: true });
  });
  await rm(oldCopy, { recursive: true, force: true });
}

/** Removes copies that killed processes left. A running copy is never this old, because it takes seconds. */
async function removeAbandonedCopies(copy: string): Promise<void> {
  const folder = dirname(copy);
  const names = (await readdir(folder)).filter((name) => /^postgres-.*\.(new|old)-/.test(name));
  for (const path of names.map((name) => join(folder, name))) {
    const modifiedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - modifiedAt > maxAgeMs) await rm(path, { recursive: true, force: true });
  }
}

async function grantAccessToAll(path: string): Promise<void> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return;
  const isExecutable = stats.isDirectory() || (stats.mode & ownerExecuteBit) !== 0;
  await chmod(path, isExecutable ? modeExecutable : modeReadable);
  if (!stats.isDirectory()) return;
  for (const entry of await readdir(path)) await grantAccessToAll(join(path, entry));
}
