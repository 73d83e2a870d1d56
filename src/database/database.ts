import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { TransactionContext } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { CompiledQuery, type Transaction } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { DatabaseUnavailable } from '../common/errors/catalogue.js';
import { isError } from '../common/errors/define-error.js';
import { toDomainError } from './database-errors.js';
import { prepareAs } from './prepared-statements.js';

const longestBackgroundStatementMs = 60_000;
/** A setting of the driver that its types do not know. */
const patience = { query_timeout: longestBackgroundStatementMs + 500 };

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

  /** Runs a use case in one transaction; inside another it joins that one. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.runningTransaction()) return work();
    const em = this.orm.em.fork();
    try {
      await em.begin();
      const result = await TransactionContext.create(em, async () => {
        const done = await work();
        for (const last of this.beforehand.get(em) ?? []) await last();
        return done;
      });
      await em.commit();
      this.runAfter(em);
      return result;
    } catch (error) {
      // It may have been committed, and the answer lost.
      this.runAfter(em);
      const known = toDomainError(error);
      const undone = em.isInTransaction() ? em.rollback().catch(() => undefined) : undefined;
      // A database that does not answer would keep the caller waiting twice; it undoes by itself what it never committed.
      if (!isError(known, DatabaseUnavailable)) await undone;
      throw known;
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
      if (transaction) {
        if (statement.name !== undefined) prepareAs(statement.name, statement.text);
        const result = await transaction.executeQuery<Row>(CompiledQuery.raw(statement.text, [...values]));
        return result.rows;
      }
      const pool = await this.pool();
      const result = await pool.query<Row>({ ...statement, values: [...values] });
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
    const client = await this.connect();
    const query: Query = async <Row extends object>({ text }: Statement, values?: readonly unknown[]) =>
      (await client.query<Row>({ text, values: [...(values ?? [])], ...patience })).rows;
    try {
      await query({ text: 'begin' });
      await query({ text: `set local statement_timeout = ${longestBackgroundStatementMs}` });
      await work(query);
      await query({ text: 'commit' });
      client.release();
    } catch (error) {
      // Whatever is left of the transaction goes with its connection.
      client.release(true);
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

  pool(): Promise<Pool> {
    return this.orm.driver.getConnection().getNativeClient();
  }

  private async connect(): Promise<PoolClient> {
    try {
      const pool = await this.pool();
      return await pool.connect();
    } catch (error) {
      throw toDomainError(error);
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
