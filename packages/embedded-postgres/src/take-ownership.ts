import { setTimeout as delay } from 'node:timers/promises';
import { DataFolderInUse } from './embedded-postgres.errors.js';
import type { AdminSession } from './server/admin-session.js';
import { Patience } from './server/patience.js';
import { reachServer } from './server/reach-server.js';
import type { ServerHome } from './server-home.js';

/** PostgreSQL may need a moment to notice that the last owner was killed. */
const GRACE_MS = 5_000;
const RETRY_MS = 50;

export interface ReachOptions {
  readonly choosePort: () => Promise<number>;
  readonly onNotice: (message: string) => void;
}

/** Becomes the owner of the data folder, or throws `DataFolderInUse` and leaves everything as it was. */
export async function takeOwnership(home: ServerHome, options: ReachOptions): Promise<AdminSession> {
  const patience = new Patience(`PostgreSQL in ${home.folder}`, options.onNotice);
  for (;;) {
    const session = await reachServer(home, patience, options.choosePort);
    try {
      await claim(session, home);
      return session;
    } catch (error) {
      await session.close();
      if (error instanceof DataFolderInUse) throw error;
      // The server went away meanwhile, for example because its owner is stopping it.
      patience.blame(error);
      await patience.step();
    }
  }
}

async function claim(session: AdminSession, { dataFolder }: ServerHome): Promise<void> {
  const deadline = Date.now() + GRACE_MS;
  while (!(await session.tryToOwn())) {
    if (Date.now() > deadline) {
      const owner = (await session.ownerPid()) ?? 'just ended';
      throw new DataFolderInUse(
        `The data folder ${dataFolder} is in use by another Promptyard (process ${owner}): stop that one, or choose another folder.`,
      );
    }
    await delay(RETRY_MS);
  }
}
