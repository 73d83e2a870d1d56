import { createHmac } from 'node:crypto';
import { readPassword } from './cluster/cluster-folder.js';
import { removeAbandonedAttempts } from './cluster/create-cluster.js';
import { ClusterOwner } from './cluster-owner.js';
import type { AdminSession } from './server/admin-session.js';
import { freePort } from './server/free-port.js';
import { stopPostmaster } from './server/stop-postmaster.js';
import { prepareHome, type ServerHome } from './server-home.js';
import { takeOwnership } from './take-ownership.js';

/** The database and the role that owns it. */
const databaseName = 'promptyard';

const defaultOptions = {
  systemFolder: '/var/lib/promptyard',
  choosePort: freePort,
  fastMs: 15_000,
  onLost: () => undefined,
};

export interface EmbeddedPostgresOptions {
  /** Created if it does not exist. One process at a time owns it. */
  readonly dataDir: string;
  /** One line for the operator: something took long, was moved elsewhere, or failed and is being repaired. */
  readonly onNotice: (message: string) => void;
  /** Called once if PostgreSQL has been started and is not ready yet: there is time for other work. */
  readonly onWaiting?: () => void;
  /** PostgreSQL is lost for good: another process owns it now, or its files were removed. The server has to end. */
  readonly onLost?: (reason: Error) => void;
  /**
   * Where a server that runs as root stores files that the user of PostgreSQL cannot reach elsewhere. Default:
   * /var/lib/promptyard.
   */
  readonly systemFolder?: string;
  /** A port of 127.0.0.1 for PostgreSQL; asked again when that is taken. Default: a free one below 30 000. */
  readonly choosePort?: () => Promise<number>;
  /** Milliseconds that a clean stop may take before PostgreSQL is stopped by force. Default: 15 000. */
  readonly fastMs?: number;
}

export interface EmbeddedPostgres {
  /** Stays the same while this process lives, also when PostgreSQL had to be restarted. */
  readonly url: string;
  /** The cluster's real folder. */
  readonly location: string;
  /**
   * Stops PostgreSQL and returns when it is down. Close the connection pools first.
   * @param withinMs when it has to be down; a clean stop may take less than it usually may then
   */
  stop(withinMs?: number): Promise<void>;
}

/**
 * Starts the data folder's PostgreSQL, or adopts the one that a killed process has left running, and owns it until
 * `stop`. Throws `DataFolderInUse`, or `EmbeddedPostgresError` with one line that says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const settings = { ...defaultOptions, ...options };
  const home = await prepareHome(settings);
  const session = await takeOwnership(home, settings);
  try {
    const url = await prepareDatabase(home, session);
    const owner = new ClusterOwner(home, session, settings);
    return { url, location: home.folder, stop: (withinMs) => owner.stop(withinMs) };
  } catch (error) {
    await stopPostmaster(session.postmaster.pid, home.folder, settings);
    throw error;
  }
}

async function prepareDatabase(home: ServerHome, session: AdminSession): Promise<string> {
  await removeAbandonedAttempts(home.dataFolder, home.folder);
  const password = rolePassword(home.folder);
  await session.ensureDatabase(databaseName, password);
  return `postgres://${databaseName}:${password}@127.0.0.1:${session.postmaster.port}/${databaseName}`;
}

/** Derived, so that the URL does not reveal the password of the superuser. */
function rolePassword(folder: string): string {
  return createHmac('sha256', readPassword(folder)).update(databaseName).digest('hex');
}
