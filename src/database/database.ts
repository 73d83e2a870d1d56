import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { prepared } from './prepared-statements.js';

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

  /** The driver's pool, for what needs more than statements and gives back what it takes. */
  pool(): Promise<Pool> {
    return this.orm.driver.getConnection().getNativeClient();
  }
}
