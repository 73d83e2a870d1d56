import { Injectable } from '@nestjs/common';
import { toDomainError } from '../database-errors.js';
import { ConnectionPool } from './connection-pool.js';
import { answerMarginMs } from './pooled-connection.js';

const statementTimeoutMs = 60_000;
const answerTimeoutMs = statementTimeoutMs + answerMarginMs;
const limits = { singleMs: answerTimeoutMs, inTransactionMs: answerTimeoutMs };

/** Runs one statement of a background transaction; `$1`, `$2`, ... are its parameters. */
export type BackgroundQuery = <Row extends object>(statement: string, values?: readonly unknown[]) => Promise<Row[]>;

/**
 * Transactions that no request waits for. Each of their statements may take a minute, which the connections of entity
 * managers must not.
 */
@Injectable()
export class BackgroundTransactions {
  constructor(private readonly connections: ConnectionPool) {}

  /** Statements must go through the `query` that `work` is given: those of entity managers run elsewhere. */
  async run(work: (query: BackgroundQuery) => Promise<void>): Promise<void> {
    const connection = await this.connections.connect(limits);
    const query: BackgroundQuery = async <Row extends object>(statement: string, values: readonly unknown[] = []) => {
      const { rows } = await connection.query<Row>(statement, [...values]);
      return rows;
    };
    try {
      await query('begin');
      for (const setting of ['statement_timeout', 'lock_timeout']) {
        await query(`set local ${setting} = ${statementTimeoutMs}`);
      }
      await work(query);
      await query('commit');
    } catch (error) {
      throw toDomainError(error);
    } finally {
      // Closing the connection also ends the transaction that failed.
      connection.release();
    }
  }
}
