import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DatabaseConfig } from '../config/database.config.js';
import { endConnection } from './connections/end-connection.js';
import { OutageLogger } from './outage-logger.js';

export const changeChannel = 'promptyard_change';

/** Caches may be used for this long after the last proof of delivery. */
const maxSilenceMs = 120;
/** Shorter than that, so that under load a recent answer is always available. */
const heartbeatAfterMs = 40;
const retryMs = 500;

const listenFailure = 'could not listen for changes, so nothing is cached';

/** More changes than this are recorded as a change of everything, which limits the memory. */
const maxRemembered = 20_000;

/**
 * Records changes of this process and all others, in the order of arrival. A cached value of something mutable is valid
 * only while `isLive` and only if it was read after the last change.
 *
 * Changes of other processes arrive through LISTEN on a connection of its own. A heartbeat proves the delivery:
 * PostgreSQL delivers pending notifications before it answers a query, so that the answer proves that all earlier
 * changes have arrived. No heartbeat is sent while no cache is used.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly changedAt = new Map<string, number>();
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private isStopping = false;
  /** Also true while there is no connection. */
  private isQuerying = true;
  /** When the last answered heartbeat was sent. */
  private deliveredUntil = -Infinity;
  private clock = 0;
  /** Everything that was read before this has changed. */
  private allChangedAt = 0;

  constructor(
    @Inject(DatabaseConfig.KEY) private readonly config: DatabaseConfig,
    private readonly outages: OutageLogger,
  ) {}

  onApplicationBootstrap(): void {
    void this.listen();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.retry);
    if (this.client) await endConnection(this.client);
  }

  /** Whether all changes of other processes up to a moment ago are known. */
  get isLive(): boolean {
    const now = performance.now();
    if (now - this.deliveredUntil > heartbeatAfterMs) this.sendHeartbeat(now);
    return now - this.deliveredUntil <= maxSilenceMs;
  }

  /** The current clock value. Callers take it before they read a value that they cache. */
  get now(): number {
    return this.clock;
  }

  /** Whether the id, or everything, has changed since then. */
  hasChanged(id: string, since: number): boolean {
    return this.allChangedAt > since || (this.changedAt.get(id) ?? 0) > since;
  }

  /** Whether a value of this id that was read at that moment is known to be current. */
  isCurrent(id: string, since: number): boolean {
    return this.isLive && !this.hasChanged(id, since);
  }

  /** Records a change of this process. */
  note(id: string): void {
    if (this.changedAt.size >= maxRemembered) this.markAllChanged();
    this.changedAt.set(id, (this.clock += 1));
  }

  private markAllChanged(): void {
    this.allChangedAt = this.clock += 1;
    this.changedAt.clear();
  }

  private sendHeartbeat(now: number): void {
    const { client } = this;
    if (!client || this.isQuerying) return;
    this.isQuerying = true;
    client.query('select 1').then(
      () => {
        if (this.client !== client) return;
        this.isQuerying = false;
        this.deliveredUntil = now;
      },
      () => this.reconnect(client),
    );
  }

  private async listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.config.url,
      application_name: 'promptyard changes',
      connectionTimeoutMillis: 4_000,
      query_timeout: 2_000,
      keepAlive: true,
    });
    client.on('error', () => this.reconnect(client));
    client.on('end', () => this.reconnect(client));
    client.on('notification', ({ payload }) => this.note(payload ?? ''));
    this.client = client;
    try {
      await client.connect();
      await client.query(`listen ${changeChannel}`);
      if (this.isStopping) return await endConnection(client);
      // Changes before LISTEN were not delivered.
      this.markAllChanged();
      this.isQuerying = false;
      this.outages.recordSuccess(listenFailure);
    } catch (error) {
      if (!this.isStopping) this.outages.recordFailure(listenFailure, error);
      this.reconnect(client);
    }
  }

  private reconnect(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.deliveredUntil = -Infinity;
    this.isQuerying = true;
    client.connection.stream.destroy();
    if (!this.isStopping) this.retry = setTimeout(() => void this.listen(), retryMs).unref();
  }
}
