import { Client, DatabaseError, type PoolOptions } from 'pg';
import { withAnswerTimeout } from './with-answer-timeout.js';

/** PostgreSQL answers a question of nothing in a millisecond, to a new connection in some more. */
const probeTimeoutMs = 1_500;
const tooManyConnections = '53300';

/** Tells a PostgreSQL that is long at work on a statement from one that is frozen or cut off. */
export class ServerProbe {
  private lastAnswerAt = -Infinity;
  private probing: Promise<boolean> | undefined;

  constructor(private readonly options: PoolOptions) {}

  /** To be told of every answer on any connection. */
  recordAnswer(): void {
    this.lastAnswerAt = performance.now();
  }

  /** Asked on a connection of its own, once for all that want to know it at the moment. */
  isAnswering(): Promise<boolean> {
    return (this.probing ??= this.probe().finally(() => (this.probing = undefined)));
  }

  private async probe(): Promise<boolean> {
    const startedAt = performance.now();
    // Not among what is copied, so that it is in no log.
    const { password } = this.options;
    const client = new Client({ ...this.options, password });
    client.on('error', () => undefined);
    try {
      await withAnswerTimeout(
        probeTimeoutMs,
        client,
        client.connect().then(() => client.query('select 1')),
      );
      return true;
    } catch (error) {
      // On a busy machine a new connection can take longer than a statement of somebody else.
      if (this.lastAnswerAt > startedAt) return true;
      return error instanceof DatabaseError && error.code === tooManyConnections;
    } finally {
      client.connection.stream.destroy();
    }
  }
}
