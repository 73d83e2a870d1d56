import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { PoolUsage } from './connections/connection-pool.js';
import { answerMarginMs } from './connections/pooled-connection.js';
import { connectionsOf } from './connections/postgres-connection.js';
import { toDomainError } from './database-errors.js';
import { prepared } from './prepared-statements.js';

const backgroundStatementTimeoutMs = 60_000;
const backgroundAnswerTimeoutMs = backgroundStatementTimeoutMs + answerMarginMs;
const backgroundLimits = { singleMs: backgroundAnswerTimeoutMs, inTransactionMs: backgroundAnswerTimeoutMs };

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
  constructor(private readonly orm: MikroORM) {}

  /** The entity manager of the running transaction, else one that works outside of any. */
  get em(): EntityManager {
    return this.orm.em;
  }

  /** Runs a use case in one transaction; inside another it joins that one. */
  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.orm.em.transactional(work);
  }

  /** Rows of one statement: on the running transaction's connection, else on one of the pool. */
  query<Row extends object>({ name, text }: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return this.orm.em.execute<Row[]>(name === undefined ? text : prepared(name, text), [...values]);
  }

  /**
   * Runs statements in one transaction that no request waits for, so that each may take a minute.
   * They must go through the `query` that `work` is given.
   */
  async background(work: (query: Query) => Promise<void>): Promise<void> {
    const connection = await connectionsOf(this.orm).connect(backgroundLimits);
    const query: Query = async <Row extends object>({ text }: Statement, values: readonly unknown[] = []) => {
      const { rows } = await connection.query<Row>({ text, values: [...values] });
      return rows;
    };
    try {
      await query({ text: 'begin' });
      for (const setting of ['statement_timeout', 'lock_timeout']) {
        await query({ text: `set local ${setting} = ${backgroundStatementTimeoutMs}` });
      }
      await work(query);
      await query({ text: 'commit' });
    } catch (error) {
      throw toDomainError(error);
    } finally {
      // What is left of the transaction after an error goes with the connection.
      connection.release();
    }
  }

  /** The driver's pool, for what needs more than statements and gives back what it takes. */
  pool(): Promise<Pool> {
    return this.orm.driver.getConnection().getNativeClient();
  }

  get poolUsage(): PoolUsage {
    return connectionsOf(this.orm).usage;
  }
}
