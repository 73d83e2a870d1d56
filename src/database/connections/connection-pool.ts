import type { Pool, PoolClient } from 'pg';
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
  get options(): object {
    return this.pool.options;
  }

  get usage(): PoolUsage {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  async connect(limits: StatementLimits = this.limits): Promise<PooledConnection> {
    return new PooledConnection(await this.acquire(), limits, this.probe);
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
    for (const client of this.open) client.connection.stream.destroy();
    this.destroyed.resolve();
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
