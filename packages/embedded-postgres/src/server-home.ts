import { mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRunnableBy, copyForAllUsers } from './cluster/binary-copy.js';
import { clusterEntry, findCluster, assertMajorVersion } from './cluster/cluster-folder.js';
import { createCluster, type NewCluster } from './cluster/create-cluster.js';
import { createAccessibleFolder, assertReachable } from './cluster/accessible-folder.js';
import { findBinaries, restoreLinks, type PostgresBinaries } from './cluster/platform-binaries.js';
import {
  accountForCluster,
  accountForNewCluster,
  firstInaccessible,
  type SystemAccount,
} from './cluster/system-account.js';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';
import { messageOf } from './node-errors.js';
import { ServerLog } from './server/server-log.js';

/** Everything that is needed to run the PostgreSQL of a data folder. */
export interface ServerHome {
  readonly dataFolder: string;
  /** The cluster's real path. */
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  /** The user to run as; undefined for the current user. */
  readonly account: SystemAccount | undefined;
  readonly log: ServerLog;
}

export interface HomeOptions {
  readonly dataDir: string;
  /** Where a server that runs as root stores files that the user of PostgreSQL cannot reach elsewhere. */
  readonly systemFolder: string;
  readonly onNotice: (message: string) => void;
}

/** Finds the data folder's cluster and the programs to run it with; on the first start it makes the cluster. */
export async function prepareHome(options: HomeOptions): Promise<ServerHome> {
  const dataFolder = makeDataFolder(options.dataDir);
  const shipped = await findBinaries();
  const existing = findCluster(dataFolder);
  const account = existing === undefined ? accountForNewCluster() : accountForCluster(existing);
  if (existing !== undefined) assertMajorVersion(existing, shipped.majorVersion);
  const binaries = await reachableBinaries(shipped, account, options.systemFolder);
  const folder = existing ?? (await makeCluster({ dataFolder, binaries, account }, options.systemFolder));
  if (account) assertReachable(folder, account);
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
  if (account && !isRunnableBy(shipped, account)) {
    createAccessibleFolder(systemFolder, account);
    return copyForAllUsers(shipped, systemFolder);
  }
  restoreLinks(shipped.packageFolder);
  return shipped;
}

async function makeCluster(cluster: Omit<NewCluster, 'clustersFolder'>, systemFolder: string): Promise<string> {
  const { account, dataFolder } = cluster;
  const isReachable = account === undefined || firstInaccessible(dataFolder, account) === undefined;
  const clustersFolder = isReachable ? undefined : join(systemFolder, 'clusters');
  if (account && clustersFolder) createAccessibleFolder(clustersFolder, account);
  await createCluster({ ...cluster, clustersFolder });
  const folder = findCluster(dataFolder);
  if (folder === undefined) throw new EmbeddedPostgresError(`${clusterEntry(dataFolder)} has vanished.`);
  return folder;
}

/** Undefined if data and programs are in their usual places. */
function describeMove(home: ServerHome, shipped: PostgresBinaries): string | undefined {
  const { account, dataFolder, folder, binaries } = home;
  if (account === undefined) return undefined;
  const closed = firstInaccessible(dataFolder, account) ?? firstInaccessible(shipped.postgres, account);
  if (closed === undefined) return undefined;
  return `PostgreSQL does not run as root, and the user ${account.name} cannot enter ${closed}: its data is in ${folder}, its programs are in ${binaries.packageFolder}.`;
}
