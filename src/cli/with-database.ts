import { MikroORM } from '@mikro-orm/postgresql';
import { entities } from '../app.entities.js';
import { AuditLedger } from '../auth/audit/audit-ledger.js';
import { KnownHolders } from '../auth/credentials/known-holders.js';
import { LoginAddressesRepository } from '../auth/credentials/logins/login-addresses.repository.js';
import { LoginFailuresRepository } from '../auth/credentials/logins/login-failures.repository.js';
import { LoginLimiter } from '../auth/credentials/logins/login-limiter.js';
import { UsersRepository } from '../auth/identity/users.repository.js';
import { UsersService } from '../auth/identity/users.service.js';
import type { Config } from '../config/config.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Database } from '../database/database.js';
import { startEmbeddedPostgres } from '../database/embedded/embedded-postgres.js';
import { migrate } from '../database/migrate.js';
import { ormOptions } from '../database/orm-options.js';
import { OutageLog } from '../database/outage-log.js';

export interface AdminTools {
  readonly users: UsersService;
}

/** Runs a task on the configured database and prints what it says; the embedded one is started for as long as it takes. */
export async function withDatabase(
  { auth, database, dataDirectory }: Config,
  task: (tools: AdminTools) => Promise<string | undefined>,
): Promise<void> {
  const onNotice = (message: string) => process.stderr.write(`${message}\n`);
  const embedded = database.url === '' ? await startEmbeddedPostgres({ dataDir: dataDirectory, onNotice }) : undefined;
  try {
    const url = embedded?.url ?? database.url;
    const orm = await MikroORM.init(ormOptions({ url, poolSize: 2, longestStatementMs: 0 }, entities));
    try {
      await migrate(orm, url);
      const access = new Database(orm);
      // Nobody is let in here: what changes is heard of by the servers.
      const known = new KnownHolders(access, new ChangeFeed(database, new OutageLog()));
      const addresses = new LoginAddressesRepository(access, auth);
      const said = await task({
        users: new UsersService(
          access,
          new UsersRepository(access, known),
          new LoginLimiter(new LoginFailuresRepository(access), addresses, auth),
          addresses,
          new AuditLedger(access),
        ),
      });
      if (said === undefined) process.exitCode = 1;
      process.stdout.write(`${said ?? 'there is no such user'}\n`);
    } finally {
      await orm.close();
    }
  } finally {
    await embedded?.stop();
  }
}
