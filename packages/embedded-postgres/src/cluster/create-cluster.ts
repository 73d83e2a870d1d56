import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, open, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../node-errors.js';
import { clusterEntry, passwordFile } from './cluster-folder.js';
import { initDb } from './init-db.js';
import type { PostgresBinaries } from './platform-binaries.js';
import type { SystemAccount } from './system-account.js';

export interface NewCluster {
  readonly dataFolder: string;
  /** Where clusters live whose account cannot reach the data folder; absent where it can. */
  readonly clustersFolder: string | undefined;
  readonly binaries: PostgresBinaries;
  readonly account: SystemAccount | undefined;
}

/**
 * Creates the cluster of a data folder, or keeps the one that another process has created meanwhile. The cluster gets
 * its name in one step. Leftovers of a killed process have other names and do no harm.
 */
export async function createCluster(cluster: NewCluster): Promise<void> {
  const scratch = `${scratchPrefix(cluster)}${randomUUID()}`;
  const password = `${scratch}.password`;
  try {
    await makeOwned(scratch, password, cluster.account);
    await initDb({ ...cluster, folder: scratch, passwordFile: password });
    await rename(password, passwordFile(scratch));
    await (cluster.clustersFolder ? publishLink(cluster, scratch) : rename(scratch, clusterEntry(cluster.dataFolder)));
    await syncFolder(cluster.dataFolder);
  } catch (error) {
    await Promise.all([scratch, password].map((path) => rm(path, { recursive: true, force: true })));
    if (!existsSync(clusterEntry(cluster.dataFolder))) throw error;
  }
}

/** Deletes what killed processes left of their attempts. Only for the owner of the finished cluster, `folder`. */
export async function removeAbandonedAttempts(dataFolder: string, folder: string): Promise<void> {
  const isLinked = dirname(folder) !== dataFolder;
  const prefix = scratchPrefix({ dataFolder, clustersFolder: isLinked ? dirname(folder) : undefined });
  const names = await readdir(dirname(prefix)).catch(() => []);
  const abandoned = names.filter((name) => name.startsWith(basename(prefix)));
  // An initdb that outlived its parent may still write there. Then the next start tries again.
  const removals = abandoned.map((name) => rm(join(dirname(prefix), name), { recursive: true, force: true }));
  await Promise.allSettled(removals);
}

/** The prefix identifies the data folder, because attempts for several data folders share the folder. */
function scratchPrefix({ dataFolder, clustersFolder }: Pick<NewCluster, 'dataFolder' | 'clustersFolder'>): string {
  if (clustersFolder === undefined) return `${clusterEntry(dataFolder)}.init-`;
  return join(clustersFolder, `${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}.init-`);
}

async function makeOwned(folder: string, password: string, account: SystemAccount | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await writeFile(password, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx', flush: true });
  if (!account) return;
  await Promise.all([folder, password].map((path) => chown(path, account.uid, account.gid)));
}

/** The name is random, so that a data folder that is deleted and created again gets a new cluster, not this one. */
async function publishLink({ dataFolder, clustersFolder = '' }: NewCluster, scratch: string): Promise<void> {
  const home = join(clustersFolder, randomUUID());
  await rename(scratch, home);
  await syncFolder(clustersFolder);
  try {
    await symlink(home, clusterEntry(dataFolder));
  } catch (error) {
    await rm(home, { recursive: true });
    throw error;
  }
}

/** Makes a rename or a link in `folder` survive a power cut. Windows has no way to ask for that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch((error: unknown) => {
    if (codeOf(error) === 'EISDIR' || codeOf(error) === 'EPERM') return undefined;
    throw error;
  });
  await handle?.sync();
  await handle?.close();
}
