import { DatabaseError, type PoolClient, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { AnswerWatch } from './answer-watch.js';
import type { ServerProbe } from './server-probe.js';

const transactionPattern = /^(begin|start transaction|commit|rollback)\b(?! to )/i;
const commitPattern = /^commit\b/i;

/** The client waits this much longer than the server's own limit, which leaves the connection usable. */
export const answerMarginMs = 500;

/** How many milliseconds a statement may go unanswered; Infinity means for ever. */
export interface StatementLimits {
  readonly singleMs: number;
  readonly inTransactionMs: number;
}

/**
 * One connection of the pool, from its acquisition to its release. If an error left it in an unknown state, it is
 * destroyed at its release instead of being reused.
 */
export class PooledConnection {
  private failure: Error | undefined;
  private isReleased = false;

  constructor(
    private readonly client: PoolClient,
    private readonly limits: StatementLimits,
    private readonly probe: ServerProbe,
  ) {}

  /** @throws Error also where PostgreSQL answers a COMMIT with a rollback, as it does after a failed statement */
  async query<Row extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    if (this.isReleased) throw this.failure ?? new Error('the connection was released before');
    const text = typeof statement === 'string' ? statement : statement.text;
    try {
      const result = await this.withTimeout(this.client.query<Row>(statement, values && [...values]));
      if (commitPattern.test(text) && result.command === 'ROLLBACK')
        throw new Error('a failed transaction was rolled back');
      return result;
    } catch (error) {
      if (transactionPattern.test(text) || !isUsableAfter(error)) this.failure ??= asError(error);
      throw this.failure ?? error;
    }
  }

  /** Returns the connection to the pool, or destroys it after a failure. A second call does nothing. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    if (this.client.getTransactionStatus() !== 'I') this.failure ??= new Error('a transaction was left open');
    this.client.release(this.failure);
  }

  private async withTimeout<T>(answer: Promise<T>): Promise<T> {
    const { singleMs: aloneMs, inTransactionMs } = this.limits;
    const timeoutMs = this.client.getTransactionStatus() === 'T' ? inTransactionMs : aloneMs;
    if (timeoutMs === Infinity) return answer;
    const watch = new AnswerWatch({
      timeoutMs,
      isAnswering: () => this.probe.isAnswering(),
      onLate: () => this.abandon(),
    });
    try {
      const result = await answer;
      this.probe.recordAnswer();
      return result;
    } finally {
      watch.end();
    }
  }

  /** Makes the running statement fail, because its answer may never arrive. */
  private abandon(): void {
    this.failure ??= new Error('Query read timeout');
    this.client.connection.stream.destroy();
  }
}

/** PostgreSQL has answered with an error and accepts further statements. */
function isUsableAfter(error: unknown): boolean {
  return error instanceof DatabaseError && error.severity === 'ERROR';
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
