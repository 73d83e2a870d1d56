import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import type { ServerHome } from '../server-home.js';
import { AdminSession } from './admin-session.js';
import { launchPostmaster } from './launch-postmaster.js';
import { OldBackends } from './old-backends.js';
import type { Patience } from './patience.js';
import { disarmStaleFile, findPostmaster, type Postmaster } from './postmaster-file.js';

const PORTS_TO_TRY = 10;
const RETRY_MS = 50;

/**
 * A session with the cluster's PostgreSQL: the one that runs already (a killed process left it, or another owns it),
 * as soon as it is ready, or one that we start.
 */
export async function reachServer(
  home: ServerHome,
  patience: Patience,
  choosePort: () => Promise<number>,
): Promise<AdminSession> {
  const oldBackends = new OldBackends(home.folder);
  let portsTaken = 0;
  for (;;) {
    const running = findPostmaster(home.folder);
    const session = running?.isReady ? await tryToOpen(home, running, patience) : undefined;
    if (session) return session;
    if (!running) {
      disarmStaleFile(home.folder);
      const outcome = await launchPostmaster(home, await choosePort(), patience);
      if (outcome === 'old-backends') oldBackends.endThoseThatStay();
      if (outcome === 'port-taken') portsTaken += 1;
      if (portsTaken >= PORTS_TO_TRY) throw new EmbeddedPostgresError('PostgreSQL found every port taken.');
      if (outcome !== 'ready') await delay(RETRY_MS);
    }
    await patience.step();
  }
}

/** Undefined where PostgreSQL does not answer now but may in a moment: it is stopping, or starting anew. */
async function tryToOpen(
  home: ServerHome,
  postmaster: Postmaster,
  patience: Patience,
): Promise<AdminSession | undefined> {
  try {
    return await AdminSession.open(home, postmaster);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    patience.blame(error);
    return undefined;
  }
}
