import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { answeredWithin } from './connections/answered-within.js';
import { PooledOrmDriver } from './connections/postgres-connection.js';
import { migrations } from './migrations/index.js';
import { prepareByText } from './prepared-statements.js';
import { applySettings } from './session-settings.js';

export interface Connection {
  readonly url: string;
  /** Most connections that this process opens. */
  readonly poolSize: number;
  /** Milliseconds that a statement may take, so that nobody waits long for a database that does not answer; 0 means for ever. */
  readonly longestStatementMs?: number;
}

const longestSetUpMs = 4_000;
const settings = {
  TimeZone: 'UTC',
  // Of a process that froze in the middle: its locks would hold up everybody else. Longer than a process of a machine
  // that has too much to do stands still.
  idle_in_transaction_session_timeout: 15_000,
};

/** What the client waits beyond the server's own limit, which leaves the connection usable. */
export const answerMarginMs = 500;

/** How every entity manager of this product is set up; entities come from the modules above. */
export function ormOptions(
  { url, poolSize, longestStatementMs = 4_000 }: Connection,
  entities: Options['entities'],
): Options {
  return defineConfig({
    driver: PooledOrmDriver,
    clientUrl: url,
    entities,
    extensions: [Migrator],
    // Each in a transaction of its own, so that none holds its locks while the next one works.
    migrations: {
      migrationsList: migrations,
      tableName: 'migration',
      transactional: true,
      allOrNothing: false,
      snapshot: false,
    },
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 30_000 },
    driverOptions: {
      onPoolCreated: prepareByText,
      application_name: 'promptyard',
      connectionTimeoutMillis: 4_000,
      query_timeout: longestStatementMs && longestStatementMs + answerMarginMs,
      keepAlive: true,
      onConnect: (client: Client) =>
        answeredWithin(
          longestSetUpMs,
          client,
          applySettings(client, { ...settings, statement_timeout: longestStatementMs }),
        ),
    },
    forceUtcTimezone: true,
    allowGlobalContext: false,
    logger: () => undefined,
  });
}
