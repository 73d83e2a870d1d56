import { Client, DatabaseError, type PoolOptions } from 'pg';
import { withAnswerTimeout } from './with-answer-timeout.js';

/** PostgreSQL answers an empty query within a millisecond; a new connection takes a little longer. */
const probeTimeoutMs = 1_500;
const tooManyConnections = '53300';

/** Distinguishes a PostgreSQL that works on a long statement from one that is frozen or unreachable. */
export class ServerProbe {
  private lastAnswerAt = -Infinity;
  private probing: Promise<boolean> | undefined;

  constructor(private readonly options: PoolOptions) {}

  /** Has to be called for every answer on any connection. */
  recordAnswer(): void {
    this.lastAnswerAt = performance.now();
  }

  /** Probes on a connection of its own. Concurrent callers share one probe. */
  isAnswering(): Promise<boolean> {
    return (this.probing ??= this.probe().finally(() => (this.probing = undefined)));
  }

  private async probe(): Promise<boolean> {
    const startedAt = performance.now();
    // The password is not enumerable in the options, so that it is in no log.
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
      // On a busy machine a new connection can take longer than a statement of another connection.
      if (this.lastAnswerAt > startedAt) return true;
      return error instanceof DatabaseError && error.code === tooManyConnections;
    } finally {
      client.connection.stream.destroy();
    }
  }
}
