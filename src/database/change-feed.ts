import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { DatabaseConfig } from '../config/database.config.js';
import { DedicatedConnection } from './connections/dedicated-connection.js';
import { OutageLogger } from './outage-logger.js';

export const changeChannel = 'promptyard_change';

/** Caches may be used for this long after the last proof of delivery. */
const maxSilenceMs = 160;
/** Shorter than that, so that under load a recent answer is always available. */
const heartbeatAfterMs = 40;

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
  private readonly connection: DedicatedConnection;
  private isQuerying = false;
  /** When the last answered heartbeat was sent. */
  private deliveredUntil = -Infinity;
  private clock = 0;
  /** Everything that was read before this has changed. */
  private allChangedAt = 0;

  constructor(@Inject(DatabaseConfig.KEY) { url }: DatabaseConfig, outages: OutageLogger) {
    this.connection = new DedicatedConnection({
      config: { connectionString: url, application_name: 'promptyard changes', query_timeout: 2_000 },
      outages,
      failure: 'could not listen for changes, so nothing is cached',
      retryMs: 500,
      prepare: (client) => this.listen(client),
      // Changes before LISTEN were not delivered.
      onOpen: () => this.markAllChanged(),
      onLost: () => (this.deliveredUntil = -Infinity),
    });
  }

  onApplicationBootstrap(): void {
    this.connection.keepOpen();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
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
    const client = this.connection.current;
    if (!client || this.isQuerying) return;
    this.isQuerying = true;
    client
      .query('select 1')
      .then(
        () => {
          if (this.connection.current === client) this.deliveredUntil = now;
        },
        (error: unknown) => this.connection.lose(client, error),
      )
      .finally(() => (this.isQuerying = false));
  }

  private async listen(client: pg.Client): Promise<void> {
    client.on('notification', ({ payload }) => this.note(payload ?? ''));
    await client.query(`listen ${changeChannel}`);
  }
}
