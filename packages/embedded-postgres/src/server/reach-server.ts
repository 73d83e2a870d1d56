import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import type { ServerHome } from '../server-home.js';
import { AdminSession } from './admin-session.js';
import { launchPostmaster } from './launch-postmaster.js';
import { OldBackendTerminator } from './old-backend-terminator.js';
import type { WaitLoop } from './wait-loop.js';
import { neutralizeStaleFile, findPostmaster, type Postmaster } from './postmaster-file.js';

const maxPortAttempts = 10;
const retryDelayMs = 50;

/**
 * Opens a session with the PostgreSQL of the cluster: with the one that runs already, left by a killed process or owned
 * by another one, as soon as it is ready, or with a newly started one.
 */
export async function reachServer(
  home: ServerHome,
  waitLoop: WaitLoop,
  choosePort: () => Promise<number>,
): Promise<AdminSession> {
  const oldBackends = new OldBackendTerminator(home.folder);
  let portsTaken = 0;
  for (;;) {
    const running = findPostmaster(home.folder);
    const session = running?.isReady ? await tryToOpen(home, running, waitLoop) : undefined;
    if (session) return session;
    if (!running) {
      neutralizeStaleFile(home.folder);
      const outcome = await launchPostmaster(home, await choosePort(), waitLoop);
      if (outcome === 'old-backends') oldBackends.terminateRemaining();
      if (outcome === 'port-taken') portsTaken += 1;
      if (portsTaken >= maxPortAttempts) throw new EmbeddedPostgresError('PostgreSQL found every port taken.');
      if (outcome !== 'ready') await delay(retryDelayMs);
    }
    await waitLoop.step();
  }
}

/** Undefined if PostgreSQL does not answer now but may answer soon, because it is stopping or restarting. */
async function tryToOpen(
  home: ServerHome,
  postmaster: Postmaster,
  waitLoop: WaitLoop,
): Promise<AdminSession | undefined> {
  try {
    return await AdminSession.open(home, postmaster);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    waitLoop.recordError(error);
    return undefined;
  }
}
