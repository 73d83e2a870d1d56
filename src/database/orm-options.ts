import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import type { ClientBase } from 'pg';
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

/** What the client waits beyond the server's own limit, which leaves the connection usable. */
const answerMarginMs = 500;

/** How every entity manager of this product is set up; entities come from the modules above. */
export function ormOptions(
  { url, poolSize, longestStatementMs = 4_000 }: Connection,
  entities: Options['entities'],
): Options {
  return defineConfig({
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
      onConnect: (client: ClientBase) =>
        applySettings(client, {
          TimeZone: 'UTC',
          statement_timeout: longestStatementMs,
          // Of a process that froze in the middle: its locks would hold up everybody else.
          idle_in_transaction_session_timeout: 3_000,
        }),
    },
    forceUtcTimezone: true,
    allowGlobalContext: false,
    logger: () => undefined,
  });
}
