import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { withAnswerTimeout } from './connections/with-answer-timeout.js';
import { answerMarginMs, type StatementLimits } from './connections/pooled-connection.js';
import { PooledOrmDriver } from './connections/postgres-connection.js';
import { databaseUnavailable } from './database-errors.js';
import { migrations } from './migrations/index.js';
import { prepareByText } from './prepared-statements.js';
import { RetryingEntityManager } from './retrying-entity-manager.js';
import { isStandby } from './replicas/replicas.queries.js';
import { applySettings, type SessionSettings } from './connections/session-settings.js';

export interface Connection {
  readonly url: string;
  /** Most connections that this process opens. */
  readonly poolSize: number;
  /** Milliseconds that a statement outside of a transaction may take, and any may wait for a lock; 0 means for ever. */
  readonly statementTimeoutMs?: number;
  /** Streaming replicas. Each may have as many connections. */
  readonly replicaUrls?: readonly string[];
}

const setUpTimeoutMs = 4_000;
const settings = {
  TimeZone: 'UTC',
  // Ends transactions of a frozen process, whose locks would block all others. Longer than a process of an overloaded
  // machine pauses.
  idle_in_transaction_session_timeout: 15_000,
};

/** A write of one MiB takes this long on an overloaded machine. */
const transactionStatementTimeoutMs = 15_000;

/** What a replica has not answered by then is asked of the primary. */
const replicaTimeoutMs = 1_000;

/** The options of every ORM instance. Entities come from the modules above. */
export function ormOptions(
  { url, poolSize, statementTimeoutMs = 4_000, replicaUrls = [] }: Connection,
  entities: Options['entities'],
): Options {
  return defineConfig({
    driver: PooledOrmDriver,
    entityManager: RetryingEntityManager,
    clientUrl: url,
    replicas: replicaUrls.map((clientUrl) => ({ clientUrl, driverOptions: replicaOptions })),
    // Only `ReplicaReads` sends a statement to a replica.
    preferReadReplicas: false,
    entities,
    extensions: [Migrator],
    // Each migration has a transaction of its own, so that it releases its locks before the next one runs.
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
      statementLimits: limitsOf(statementTimeoutMs),
      keepAlive: true,
      onConnect: (client: Client) =>
        withAnswerTimeout(setUpTimeoutMs, client, applySettings(client, settingsWith(statementTimeoutMs))),
    },
    forceUtcTimezone: true,
    allowGlobalContext: false,
    logger: () => undefined,
  });
}

const replicaOptions = {
  onPoolCreated: prepareByText,
  application_name: 'promptyard reads',
  connectionTimeoutMillis: replicaTimeoutMs,
  statementLimits: limitsOf(replicaTimeoutMs),
  keepAlive: true,
  onConnect: (client: Client) => withAnswerTimeout(replicaTimeoutMs, client, setUpReplica(client)),
};

async function setUpReplica(client: Client): Promise<void> {
  const { rows } = await client.query<{ isStandby: boolean }>(isStandby);
  if (!rows[0]?.isStandby) throw databaseUnavailable(new Error('the server is no standby'));
  await applySettings(client, settingsWith(replicaTimeoutMs));
}

function settingsWith(statementTimeoutMs: number): SessionSettings {
  return { ...settings, statement_timeout: statementTimeoutMs, lock_timeout: statementTimeoutMs };
}

function limitsOf(statementTimeoutMs: number): StatementLimits {
  if (statementTimeoutMs === 0) return { singleMs: Infinity, inTransactionMs: Infinity };
  return {
    singleMs: statementTimeoutMs + answerMarginMs,
    inTransactionMs: transactionStatementTimeoutMs + answerMarginMs,
  };
}
