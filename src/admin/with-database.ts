import { MikroORM } from '@mikro-orm/postgresql';
import { startEmbeddedPostgres } from '@promptyard/embedded-postgres/embedded-postgres.js';
import { entities } from '../app/app.entities.js';
import { AuditRecorder } from '../auth/audit/audit-recorder.js';
import { Account } from '../auth/accounts/account.entity.js';
import { AccountRepository } from '../auth/accounts/account.repository.js';
import { UsersService } from '../auth/accounts/users.service.js';
import type { Config } from '../config/config.js';
import { migrate } from '../database/migrate.js';
import { ormOptions } from '../database/orm-options.js';
import { openStorage } from '../storage/open-storage.js';
import { OrphansService } from '../versions/orphans/orphans.service.js';
import { VersionReservation } from '../versions/reservations/version-reservation.entity.js';
import { ObjectClaimsService } from '../versions/reservations/object-claims.service.js';

export interface AdminTools {
  readonly users: UsersService;
  /** Opens the object store. */
  orphans(): Promise<OrphansService>;
}

/** Returns the text to print at the end. */
export type AdminTask = (tools: AdminTools) => Promise<string>;

/**
 * Runs a task on the configured database and prints its result. Starts the embedded database for that time if it is
 * configured.
 */
export async function withDatabase({ database, storage, dataDirectory }: Config, task: AdminTask): Promise<void> {
  const onNotice = (message: string) => process.stderr.write(`${message}\n`);
  const embedded = database.url === '' ? await startEmbeddedPostgres({ dataDir: dataDirectory, onNotice }) : undefined;
  try {
    const url = embedded?.url ?? database.url;
    const orm = await MikroORM.init(ormOptions({ url, poolSize: 2, statementTimeoutMs: 0 }, entities));
    try {
      await migrate(orm, url);
      const output = await task({
        users: new UsersService(orm.em, new AccountRepository(orm.em, Account), new AuditRecorder(orm.em)),
        orphans: async () => {
          const objectStorage = await openStorage(storage);
          return new OrphansService(
            objectStorage,
            orm.em.getRepository(VersionReservation),
            new ObjectClaimsService(objectStorage),
          );
        },
      });
      process.stdout.write(`${output}\n`);
    } finally {
      await orm.close();
    }
  } finally {
    await embedded?.stop();
  }
}
