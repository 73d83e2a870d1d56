import type { Pool, PoolClient, PoolOptions } from 'pg';
import { PooledConnection, type StatementLimits } from './pooled-connection.js';
import { ServerProbe } from './server-probe.js';

/** If the pool's timeout fires this late, this process was blocked. */
const lateToleranceMs = 250;

export interface PoolUsage {
  /** Open, or being opened. */
  readonly total: number;
  readonly idle: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

export interface PoolLimits extends StatementLimits {
  /** Milliseconds for which a request waits for a connection. */
  readonly connectMs: number;
}

/**
 * The connections of this process to PostgreSQL. Callers release what they take. A connection that failed is destroyed,
 * not reused.
 */
export class ConnectionPool {
  private readonly open = new Set<PoolClient>();
  private readonly waiting = new Set<(error: Error) => void>();
  private readonly destroyed = Promise.withResolvers<void>();
  private isDestroyed = false;
  private readonly probe: ServerProbe;

  constructor(
    private readonly pool: Pool,
    private readonly limits: PoolLimits,
  ) {
    this.probe = new ServerProbe(pool.options);
    pool.on('connect', (client) => this.open.add(client));
    pool.on('remove', (client) => this.open.delete(client));
  }

  /** The options with which the query builder opens a connection of its own. */
  get options(): PoolOptions {
    return this.pool.options;
  }

  get usage(): PoolUsage {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  async connect(limits: StatementLimits = this.limits): Promise<PooledConnection> {
    return new PooledConnection(await this.acquire(), limits, this.probe);
  }

  /** Calls back for each setting that the server reports to have changed, on every connection that is opened from now on. */
  onParameterStatus(listener: (name: string, value: string) => void): void {
    this.pool.on('connect', ({ connection }) => {
      connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) => {
        listener(parameterName, parameterValue);
      });
    });
  }

  /** Resolves when every connection is closed or destroyed. */
  async end(): Promise<void> {
    await Promise.race([this.pool.end(), this.destroyed.promise]);
  }

  /**
   * Destroys every connection at once, also those in use, because the database does not answer. No new connection is
   * opened afterwards.
   */
  destroy(): void {
    this.isDestroyed = true;
    for (const reject of this.waiting) reject(closedError());
    this.disconnect();
    this.destroyed.resolve();
  }

  /** Destroys every connection at once, also those in use, whose statements fail. New ones can be opened. */
  disconnect(): void {
    for (const client of this.open) client.connection.stream.destroy();
  }

  private async acquire(): Promise<PoolClient> {
    const startedAt = performance.now();
    try {
      return await this.connectUnlessDestroyed();
    } catch (error) {
      const lateMs = performance.now() - startedAt - this.limits.connectMs;
      if (lateMs < lateToleranceMs) throw error;
      return this.connectUnlessDestroyed();
    }
  }

  private connectUnlessDestroyed(): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      if (this.isDestroyed) return reject(closedError());
      this.waiting.add(reject);
      this.pool
        .connect()
        .finally(() => this.waiting.delete(reject))
        .then((client) => (this.isDestroyed ? client.release(true) : resolve(client)), reject);
    });
  }
}

function closedError(): Error {
  return new Error('Cannot use a pool after calling end on the pool');
}
