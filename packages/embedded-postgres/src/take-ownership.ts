import { setTimeout as delay } from 'node:timers/promises';
import { DataFolderInUse } from './embedded-postgres.errors.js';
import type { AdminSession } from './server/admin-session.js';
import { WaitLoop } from './server/wait-loop.js';
import { reachServer } from './server/reach-server.js';
import type { ServerHome } from './server-home.js';

/** PostgreSQL may need a moment to notice that the last owner was killed. */
const gracePeriodMs = 5_000;
const retryDelayMs = 50;

export interface OwnershipOptions {
  readonly choosePort: () => Promise<number>;
  readonly onNotice: (message: string) => void;
  readonly onWaiting?: () => void;
}

/** Becomes the owner of the data folder, or throws `DataFolderInUse` without a change. */
export async function takeOwnership(home: ServerHome, options: OwnershipOptions): Promise<AdminSession> {
  const waitLoop = new WaitLoop(`PostgreSQL in ${home.folder}`, options.onNotice, options.onWaiting);
  for (;;) {
    const session = await reachServer(home, waitLoop, options.choosePort);
    try {
      await claim(session, home);
      return session;
    } catch (error) {
      await session.close();
      if (error instanceof DataFolderInUse) throw error;
      // The server has ended meanwhile, for example because its owner is stopping it.
      waitLoop.recordError(error);
      await waitLoop.step();
    }
  }
}

async function claim(session: AdminSession, { dataFolder }: ServerHome): Promise<void> {
  const deadline = Date.now() + gracePeriodMs;
  while (!(await session.tryToOwn())) {
    if (Date.now() > deadline) {
      const owner = (await session.ownerPid()) ?? 'just ended';
      throw new DataFolderInUse(
        `The data folder ${dataFolder} is in use by another Promptyard (process ${owner}): stop that one, or choose another folder.`,
      );
    }
    await delay(retryDelayMs);
  }
}
