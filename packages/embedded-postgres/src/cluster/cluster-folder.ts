import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { ifPresent } from '../node-errors.js';

const passwordFileName = 'promptyard.password';

/** The cluster's name in the data folder: its folder, or a link to it. */
export function clusterEntry(dataFolder: string): string {
  return join(dataFolder, 'postgres');
}

/** The real path of the cluster of a data folder; undefined if it has none. */
export function findCluster(dataFolder: string): string | undefined {
  const entry = clusterEntry(dataFolder);
  const stats = ifPresent(() => lstatSync(entry));
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink() && !existsSync(entry)) {
    throw new EmbeddedPostgresError(
      `${entry} links to ${readlinkSync(entry)}, which is gone: bring that back, or remove the link to begin with an empty database.`,
    );
  }
  if (!isReadable(entry) || existsSync(join(entry, 'PG_VERSION'))) return realpathSync(entry);
  if (stats.isDirectory() && readdirSync(entry).length === 0) return undefined;
  throw new EmbeddedPostgresError(`${entry} is in the way: it is not a PostgreSQL cluster.`);
}

/** A cluster of another user counts as well. Another check decides who may run it. */
function isReadable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL reads only clusters of its own major version. */
export function assertMajorVersion(folder: string, majorVersion: string): void {
  const found = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (found === majorVersion) return;
  throw new EmbeddedPostgresError(
    `${folder} was made by PostgreSQL ${found}, this Promptyard brings PostgreSQL ${majorVersion}: move the data with pg_dump and pg_restore, or start the Promptyard that made it.`,
  );
}

/** The password of the superuser is stored in the cluster, so that both are created, moved and deleted together. */
export function passwordFile(folder: string): string {
  return join(folder, passwordFileName);
}

export function readPassword(folder: string): string {
  const password = ifPresent(() => readFileSync(passwordFile(folder), 'utf8').trim());
  if (password) return password;
  throw new EmbeddedPostgresError(`${folder} has no password file (${passwordFileName}): Promptyard did not make it.`);
}
