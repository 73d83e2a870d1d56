import { mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canRun, copyForEverybody } from './cluster/binary-copy.js';
import { clusterEntry, findCluster, refuseOtherMajorVersion } from './cluster/cluster-folder.js';
import { createCluster, type NewCluster } from './cluster/create-cluster.js';
import { makeOpenFolder, refuseUnreachable } from './cluster/open-folder.js';
import { findBinaries, restoreLinks, type PostgresBinaries } from './cluster/platform-binaries.js';
import { accountForCluster, accountForNewCluster, firstClosed, type SystemAccount } from './cluster/system-account.js';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';
import { messageOf } from './node-errors.js';
import { ServerLog } from './server/server-log.js';

/** All that it takes to run the PostgreSQL of one data folder. */
export interface ServerHome {
  readonly dataFolder: string;
  /** The cluster's real path. */
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  /** Whom to run as; absent where that is ourselves. */
  readonly account: SystemAccount | undefined;
  readonly log: ServerLog;
}

export interface HomeOptions {
  readonly dataDir: string;
  /** Where root puts what PostgreSQL's user cannot reach in its own place. */
  readonly systemFolder: string;
  readonly onNotice: (message: string) => void;
}

/** Finds the data folder's cluster and the programs to run it with; on the first start it makes the cluster. */
export async function prepareHome(options: HomeOptions): Promise<ServerHome> {
  const dataFolder = makeDataFolder(options.dataDir);
  const shipped = await findBinaries();
  const existing = findCluster(dataFolder);
  const account = existing === undefined ? accountForNewCluster() : accountForCluster(existing);
  if (existing !== undefined) refuseOtherMajorVersion(existing, shipped.majorVersion);
  const binaries = await reachableBinaries(shipped, account, options.systemFolder);
  const folder = existing ?? (await makeCluster({ dataFolder, binaries, account }, options.systemFolder));
  if (account) refuseUnreachable(folder, account);
  const home = { dataFolder, folder, binaries, account, log: new ServerLog(dataFolder) };
  const move = existing === undefined ? describeMove(home, shipped) : undefined;
  if (move !== undefined) options.onNotice(move);
  return home;
}

function makeDataFolder(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true });
    return realpathSync(dataDir);
  } catch (cause) {
    throw new EmbeddedPostgresError(`The data folder ${resolve(dataDir)} cannot be made: ${messageOf(cause)}`, {
      cause,
    });
  }
}

async function reachableBinaries(
  shipped: PostgresBinaries,
  account: SystemAccount | undefined,
  systemFolder: string,
): Promise<PostgresBinaries> {
  if (account && !canRun(shipped, account)) {
    makeOpenFolder(systemFolder, account);
    return copyForEverybody(shipped, systemFolder);
  }
  restoreLinks(shipped.packageFolder);
  return shipped;
}

async function makeCluster(cluster: Omit<NewCluster, 'clustersFolder'>, systemFolder: string): Promise<string> {
  const { account, dataFolder } = cluster;
  const isReachable = account === undefined || firstClosed(dataFolder, account) === undefined;
  const clustersFolder = isReachable ? undefined : join(systemFolder, 'clusters');
  if (account && clustersFolder) makeOpenFolder(clustersFolder, account);
  await createCluster({ ...cluster, clustersFolder });
  const folder = findCluster(dataFolder);
  if (folder === undefined) throw new EmbeddedPostgresError(`${clusterEntry(dataFolder)} has vanished.`);
  return folder;
}

/** Undefined where data and programs are where one would look for them. */
function describeMove(home: ServerHome, shipped: PostgresBinaries): string | undefined {
  const { account, dataFolder, folder, binaries } = home;
  if (account === undefined) return undefined;
  const closed = firstClosed(dataFolder, account) ?? firstClosed(shipped.postgres, account);
  if (closed === undefined) return undefined;
  return `PostgreSQL does not run as root, and the user ${account.name} cannot enter ${closed}: its data is in ${folder}, its programs are in ${binaries.packageFolder}.`;
}
