import { type MikroORM, PostgreSqlConnection, PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { AnyEntity, Configuration, EntityData, QueryResult, Transaction } from '@mikro-orm/core';
import {
  CompiledQuery,
  type ControlledTransaction,
  type DatabaseConnection,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  type PostgresPool,
  type TransactionSettings,
} from 'kysely';
import type { Pool, PoolConfig } from 'pg';
import { DomainError } from '../../common/errors/define-error.js';
import type { DeferredStatement } from '../batch/deferred-statement.js';
import { StatementBatch } from '../batch/statement-batch.js';
import { toDomainError } from '../database-errors.js';
import { ConnectionPool } from './connection-pool.js';
import { answerMarginMs, type StatementLimits } from './pooled-connection.js';

const hasPlaceholders = /[$]1\b/;

/** The `driverOptions` of the ORM in addition to the options of the driver's pool. */
interface Overrides extends PoolConfig {
  readonly statementLimits: StatementLimits;
  onPoolCreated?(pool: Pool): void;
}

/**
 * The ORM's way to PostgreSQL, over our `ConnectionPool`. The ORM runs every transaction as a controlled transaction of
 * the query builder, which gives its connection back only after a BEGIN, COMMIT or ROLLBACK that succeeded: one whose
 * connection died keeps its place in the pool for ever (kysely-org/kysely#1990). So the query builder's driver
 * releases it as soon as one of the three fails. The fault is mended there and not in our own transactions alone,
 * because the ORM begins some by itself, and because `driverOptions` with a dialect would take the ORM's types of
 * columns and its access to the pool away.
 */
export class PooledOrmConnection extends PostgreSqlConnection {
  private pool: ConnectionPool | undefined;
  private readonly batches = new WeakMap<object, StatementBatch>();

  /** Connections are opened when they are needed, and so is the pool. */
  get connections(): ConnectionPool {
    this.getClient();
    if (!this.pool) throw new Error('the query builder was not made here');
    return this.pool;
  }

  /**
   * A text with `$1`, `$2`, ... is sent to PostgreSQL unchanged and with separate values, so that it can be prepared;
   * the ORM would insert the values into it.
   */
  override async execute<T extends QueryResult | EntityData<AnyEntity> | EntityData<AnyEntity>[]>(
    ...[query, values = [], method, transaction, context]: Parameters<PostgreSqlConnection['execute']>
  ): Promise<T> {
    try {
      await this.sendDeferred(transaction as object | undefined);
      if (typeof query !== 'string' || !Array.isArray(values) || !hasPlaceholders.test(query)) {
        return await super.execute<T>(query, values, method, transaction, context);
      }
      const result = await this.send(query, values, transaction as Transaction<ControlledTransaction<unknown>>);
      return this.transformRawResult<T>(result, method);
    } catch (error) {
      throw toDomainError(error);
    }
  }

  /** Holds a statement back until the transaction sends another one, or `sendDeferred` is called. */
  async defer(
    transaction: object | undefined,
    statement: DeferredStatement,
    values: readonly unknown[],
  ): Promise<void> {
    if (!transaction) throw new Error(`${statement.name} is deferred outside of a transaction`);
    const batch = this.batches.get(transaction) ?? new StatementBatch();
    this.batches.set(transaction, batch);
    // The two may write the same rows, which one statement cannot.
    if (batch.has(statement)) await this.sendDeferred(transaction);
    batch.add(statement, values);
  }

  /** Sends what is deferred in the transaction. */
  async sendDeferred(transaction: object | undefined): Promise<void> {
    const batch = transaction && this.batches.get(transaction);
    if (!batch || batch.isEmpty) return;
    const { text, values } = batch.take();
    await this.execute(text, values, 'run', transaction as Transaction);
  }

  override createKyselyDialect({ statementLimits, ...overrides }: Overrides): PostgresDialect {
    let pool: Pool | undefined;
    super.createKyselyDialect({ ...overrides, onPoolCreated: (created: Pool) => (pool = created) } as PoolConfig);
    if (!pool) throw new Error('the ORM has made no pool');
    overrides.onPoolCreated?.(pool);
    const connectMs = overrides.connectionTimeoutMillis ?? 0;
    this.pool = new ConnectionPool(pool, { ...statementLimits, connectMs });
    // The type of the query builder has fewer commands than PostgreSQL.
    return new PooledDialect({ pool: this.pool as unknown as PostgresPool }, statementLimits);
  }

  private async send(text: string, values: unknown[], transaction?: ControlledTransaction<unknown>) {
    if (transaction) return transaction.executeQuery(CompiledQuery.raw(text, values));
    const connection = await this.connections.connect();
    try {
      const { rows, rowCount } = await connection.query(text, values);
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
    } finally {
      connection.release();
    }
  }
}

/** The ORM's driver, with the connection above in place of its own. */
export class PooledOrmDriver extends PostgreSqlDriver {
  protected override readonly connection: PooledOrmConnection;
  protected override readonly replicas: PooledOrmConnection[];

  constructor(config: Configuration) {
    super(config);
    this.connection = new PooledOrmConnection(config);
    this.replicas = this.createReplicas(
      (options) => new PooledOrmConnection(config, options, 'read'),
    ) as PooledOrmConnection[];
  }

  get replicaConnections(): readonly PooledOrmConnection[] {
    return this.replicas;
  }

  /** The one place in which what the ORM's own statements fail with becomes an error of the catalogue. */
  override rethrow<T>(promise: Promise<T>): Promise<T> {
    return promise.catch((error: unknown) => {
      // Statements by hand fail with errors of the catalogue already, whose cause is the driver's own error.
      if (error instanceof DomainError || !(error instanceof Error)) throw error;
      throw toDomainError(this.convertException(error));
    });
  }
}

/** The pool of an ORM that was set up with `ormOptions`. */
export function connectionsOf(orm: MikroORM): ConnectionPool {
  const connection = orm.driver.getConnection();
  if (!(connection instanceof PooledOrmConnection)) throw new Error('the ORM has another driver');
  return connection.connections;
}

/** The replicas of an ORM that was set up with `ormOptions`, in the order of the setting. */
export function replicaConnectionsOf(orm: MikroORM): readonly PooledOrmConnection[] {
  return orm.driver instanceof PooledOrmDriver ? orm.driver.replicaConnections : [];
}

class PooledDialect extends PostgresDialect {
  constructor(
    private readonly config: PostgresDialectConfig,
    private readonly limits: StatementLimits,
  ) {
    super(config);
  }

  override createDriver(): PostgresDriver {
    return new ReleasingDriver(this.config, this.limits);
  }
}

type Connection = Parameters<PostgresDriver['releaseConnection']>[0];

/** Releases a connection as soon as it could not begin or end a transaction; the pool then destroys it. */
class ReleasingDriver extends PostgresDriver {
  constructor(
    config: PostgresDialectConfig,
    private readonly limits: StatementLimits,
  ) {
    super(config);
  }

  override beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return this.orRelease(connection, this.begin(connection, settings));
  }

  override commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.orRelease(connection, super.commitTransaction(connection));
  }

  override rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return this.orRelease(connection, super.rollbackTransaction(connection));
  }

  /** Statements of a transaction have more time, because writes take longer than reads. */
  private async begin(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const { inTransactionMs } = this.limits;
    if (inTransactionMs === Infinity) return super.beginTransaction(connection, settings);
    const limit = `set local statement_timeout = ${inTransactionMs - answerMarginMs}`;
    const isUsual = settings.isolationLevel === undefined && settings.accessMode === undefined;
    if (!isUsual) await super.beginTransaction(connection, settings);
    // Sent in one message with a plain BEGIN.
    await connection.executeQuery(CompiledQuery.raw(isUsual ? `begin; ${limit}` : limit));
  }

  private async orRelease(connection: DatabaseConnection, step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch (error) {
      // A second release by the query builder does nothing.
      await this.releaseConnection(connection as Connection);
      throw error;
    }
  }
}
