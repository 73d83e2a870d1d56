import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { TransactionContext } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { CompiledQuery, type Transaction } from 'kysely';
import type { Pool } from 'pg';
import { toDomainError } from './database-errors.js';

/** A statement with a name is prepared once per connection; `$1`, `$2`, ... are its parameters. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/**
 * The way to PostgreSQL: entity managers for writes, hand-written statements for hot or set-shaped reads,
 * transactions for use cases. Every error that leaves here is one of the catalogue where one is declared for it.
 */
@Injectable()
export class Database {
  constructor(private readonly orm: MikroORM) {}

  /** The entity manager of the running transaction, else a fresh one. */
  get em(): EntityManager {
    return this.runningTransaction() ?? this.orm.em.fork();
  }

  /** Runs a use case in one transaction; inside another it joins that one. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.runningTransaction()) return work();
    try {
      return await this.orm.em.fork().transactional(() => work());
    } catch (error) {
      throw toDomainError(error);
    }
  }

  /** Rows of one statement: on the running transaction's connection, else on one of the pool. */
  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const transaction = this.runningTransaction()?.getTransactionContext<Transaction<unknown>>();
      if (transaction) {
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

  private runningTransaction(): EntityManager | undefined {
    return TransactionContext.getEntityManager() as EntityManager | undefined;
  }
}
