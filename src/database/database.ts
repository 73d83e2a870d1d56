import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { TransactionContext } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { CompiledQuery, type Transaction } from 'kysely';
import type { Pool } from 'pg';
import type { PoolUsage } from './connections/connection-pool.js';
import { answerMarginMs, type StatementLimits } from './connections/pooled-connection.js';
import { connectionsOf } from './connections/postgres-connection.js';
import { isConnectionLost, toDomainError, wasNotSent } from './database-errors.js';
import { prepareAs } from './prepared-statements.js';

const longestBackgroundStatementMs = 60_000;
const longestBackgroundAnswerMs = longestBackgroundStatementMs + answerMarginMs;
const backgroundLimits = { aloneMs: longestBackgroundAnswerMs, inTransactionMs: longestBackgroundAnswerMs };

/** A statement with a name is prepared once per connection; `$1`, `$2`, ... are its parameters. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

type Query = <Row extends object>(statement: Statement, values?: readonly unknown[]) => Promise<Row[]>;

/**
 * The way to PostgreSQL: entity managers for writes, hand-written statements for hot or set-shaped reads,
 * transactions for use cases. Every error that leaves here is one of the catalogue where one is declared for it.
 */
@Injectable()
export class Database {
  private readonly beforehand = new WeakMap<EntityManager, readonly (() => Promise<void>)[]>();
  private readonly afterwards = new WeakMap<EntityManager, readonly (() => void)[]>();

  constructor(private readonly orm: MikroORM) {}

  /** The entity manager of the running transaction, else a fresh one. */
  get em(): EntityManager {
    return this.runningTransaction() ?? this.orm.em.fork();
  }

  /**
   * Runs a use case in one transaction; inside another it joins that one. It is run once more if its connection was lost
   * before COMMIT was sent: then nothing of it has happened, and what it registered here is registered by the second
   * run. So it must leave nothing behind outside of the transaction that a second run would trip over.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.runningTransaction()) return work();
    try {
      return await this.attempt(work);
    } catch (error) {
      if (!(error instanceof LostTransaction)) throw toDomainError(error);
    }
    try {
      return await this.attempt(work);
    } catch (error) {
      throw toDomainError(error instanceof LostTransaction ? error.cause : error);
    }
  }

  /** Does something as the last of the running transaction, if that comes so far. @throws Error where there is none */
  beforeCommit(work: () => Promise<void>): void {
    const em = this.runningTransaction();
    if (!em) throw new Error('no transaction is running that this could be the last of');
    this.beforehand.set(em, [...(this.beforehand.get(em) ?? []), work]);
  }

  /** Does something once the running transaction has ended, before anybody hears of its result. */
  afterTransaction(work: () => void): void {
    const em = this.runningTransaction();
    if (em) this.afterwards.set(em, [...(this.afterwards.get(em) ?? []), work]);
    else work();
  }

  /** Rows of one statement: on the running transaction's connection, else on one of the pool. */
  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const transaction = this.runningTransaction()?.getTransactionContext<Transaction<unknown>>();
      if (!transaction) return await this.onOwnConnection((query) => query<Row>(statement, values));
      if (statement.name !== undefined) prepareAs(statement.name, statement.text);
      const result = await transaction.executeQuery<Row>(CompiledQuery.raw(statement.text, [...values]));
      return result.rows;
    } catch (error) {
      throw toDomainError(error);
    }
  }

  /**
   * Runs statements in one transaction that nobody waits for, so that each may take a minute.
   * They must go through the `query` that `work` is given.
   */
  async background(work: (query: Query) => Promise<void>): Promise<void> {
    try {
      await this.onOwnConnection(async (query) => {
        await query({ text: 'begin' });
        for (const setting of ['statement_timeout', 'lock_timeout']) {
          await query({ text: `set local ${setting} = ${longestBackgroundStatementMs}` });
        }
        await work(({ text }, values) => query({ text }, values));
        await query({ text: 'commit' });
      }, backgroundLimits);
    } catch (error) {
      throw toDomainError(error);
    }
  }

  /** Works with entities outside of a transaction, with errors of the catalogue. */
  async read<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await work(this.em);
    } catch (error) {
      throw toDomainError(error);
    }
  }

  /** The driver's pool, for who needs more than statements and gives back what it takes. */
  pool(): Promise<Pool> {
    return this.orm.driver.getConnection().getNativeClient();
  }

  get poolUsage(): PoolUsage {
    return connectionsOf(this.orm).usage;
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    const em = this.orm.em.fork();
    let isCommitSent = false;
    try {
      await em.begin();
      const result = await TransactionContext.create(em, async () => {
        const done = await work();
        for (const last of this.beforehand.get(em) ?? []) await last();
        await em.flush();
        return done;
      });
      isCommitSent = true;
      await em.commit();
      return result;
    } catch (error) {
      // On a connection that is lost this fails at once, and PostgreSQL undoes by itself what it never committed.
      if (em.isInTransaction()) await em.rollback().catch(() => undefined);
      const isLost = isConnectionLost(error) && (!isCommitSent || wasNotSent(error));
      throw isLost ? new LostTransaction(error) : error;
    } finally {
      // After an error, too: it may have been committed, and the answer lost.
      this.runAfter(em);
    }
  }

  /** Whatever is left of a transaction after an error goes with its connection. */
  private async onOwnConnection<T>(work: (query: Query) => Promise<T>, limits?: StatementLimits): Promise<T> {
    const connection = await connectionsOf(this.orm).connect(limits);
    try {
      return await work(async <Row extends object>(statement: Statement, values: readonly unknown[] = []) => {
        const { rows } = await connection.query<Row>({ ...statement, values: [...values] });
        return rows;
      });
    } finally {
      connection.release();
    }
  }

  private runAfter(em: EntityManager): void {
    for (const work of this.afterwards.get(em) ?? []) work();
    this.afterwards.delete(em);
  }

  private runningTransaction(): EntityManager | undefined {
    return TransactionContext.getEntityManager() as EntityManager | undefined;
  }
}

/** Nothing of the transaction has happened, and nothing of it will. */
class LostTransaction extends Error {
  override readonly name = 'LostTransaction';

  constructor(override readonly cause: unknown) {
    super('the connection was lost before the transaction was committed');
  }
}
