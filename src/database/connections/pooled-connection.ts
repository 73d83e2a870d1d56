import { DatabaseError, type PoolClient, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { RunningTimeout } from '../../common/running-timeout.js';

const beginsOrEnds = /^(begin|start transaction|commit|rollback)\b(?! to )/i;
const ends = /^commit\b/i;

/**
 * One connection of the pool, from its acquisition to its release. It remembers whether anything left it in a state
 * that nobody knows, and then is destroyed at its release instead of being given to the next one.
 */
export class PooledConnection {
  private failure: Error | undefined;
  private isReleased = false;

  /** @param answerTimeoutMs how long a statement may go unanswered; 0 means for ever */
  constructor(
    private readonly client: PoolClient,
    private readonly answerTimeoutMs: number,
  ) {}

  /** @throws Error also where PostgreSQL answers a COMMIT with a rollback, as it does after a failed statement */
  async query<Row extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    if (this.isReleased) throw this.failure ?? new Error('the connection was released before');
    const text = typeof statement === 'string' ? statement : statement.text;
    try {
      const result = await this.answered(this.client.query<Row>(statement, values && [...values]));
      if (ends.test(text) && result.command === 'ROLLBACK') throw new Error('a failed transaction was rolled back');
      return result;
    } catch (error) {
      if (beginsOrEnds.test(text) || !leavesItUsable(error)) this.failure ??= asError(error);
      throw this.failure ?? error;
    }
  }

  /** Gives it back, or destroys it after a failure. Does nothing the second time. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    if (this.client.getTransactionStatus() !== 'I') this.failure ??= new Error('a transaction was left open');
    this.client.release(this.failure);
  }

  private async answered<T>(answer: Promise<T>): Promise<T> {
    if (this.answerTimeoutMs === 0) return answer;
    const timeout = new RunningTimeout(this.answerTimeoutMs, () => this.abandon());
    try {
      return await answer;
    } finally {
      timeout.clear();
    }
  }

  /** Makes the statement under way fail: nobody knows whether and when it will be answered. */
  private abandon(): void {
    this.failure ??= new Error('Query read timeout');
    this.client.connection.stream.destroy();
  }
}

/** PostgreSQL has answered and goes on to listen. */
function leavesItUsable(error: unknown): boolean {
  return error instanceof DatabaseError && error.severity === 'ERROR';
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
