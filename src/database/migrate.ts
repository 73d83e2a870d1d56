import type { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { requireSessions } from './connections/session-check.js';
import { requireUsableServer } from './connections/usable-database.js';

// "prmptyrd" in ASCII: one number for all servers on one database.
const migrationLockKey = '8102659009350824548';

/**
 * Checks that the database can be used and migrates it. An advisory lock on a connection of its own serializes servers
 * that start at the same time.
 * @throws UnusableDatabase
 */
export async function migrate(orm: MikroORM, url: string): Promise<void> {
  const lockClient = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await lockClient.connect();
  try {
    await requireUsableServer(lockClient);
    await requireSessions(url);
    await lockClient.query('select pg_advisory_lock($1)', [migrationLockKey]);
    await orm.migrator.up();
  } finally {
    await lockClient.end();
  }
}
