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
const NAME = 'promptyard';

const DEFAULTS = {
  systemFolder: '/var/lib/promptyard',
  choosePort: freePort,
  fastMs: 15_000,
  onLost: () => undefined,
};

export interface EmbeddedPostgresOptions {
  /** Made if it is not there. One process at a time owns it. */
  readonly dataDir: string;
  /** One line for the operator: something took long, was moved elsewhere, or failed and is being repaired. */
  readonly onNotice: (message: string) => void;
  /** PostgreSQL is gone and cannot be had back (another process owns it now, or its files were removed): end. */
  readonly onLost?: (reason: Error) => void;
  /** Where root puts what PostgreSQL's user cannot reach in its own place. Default: /var/lib/promptyard. */
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
  const settings = { ...DEFAULTS, ...options };
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
  await session.ensureDatabase(NAME, password);
  return `postgres://${NAME}:${password}@127.0.0.1:${session.postmaster.port}/${NAME}`;
}

/** Derived, so that who learns the URL does not know the superuser's password. */
function rolePassword(folder: string): string {
  return createHmac('sha256', readPassword(folder)).update(NAME).digest('hex');
}
