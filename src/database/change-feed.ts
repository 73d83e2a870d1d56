import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DatabaseConfig } from '../config/database.config.js';
import { endConnection } from './connections/end-connection.js';
import { OutageLogger } from './outage-logger.js';

export const changeChannel = 'promptyard_change';

/** A cache may be asked for so long after the connection has last been seen to deliver. */
const maxSilenceMs = 120;
/** Sooner than that, so that under load there is always an answer that is young enough. */
const heartbeatAfterMs = 40;
const retryMs = 500;

const listenFailure = 'could not listen for changes, so nothing is cached';

/** More than so many changes are remembered as one of everything, to stay small. */
const maxRemembered = 20_000;

/**
 * What has changed, on this process and on all others, in the order in which it was heard of. Whatever is kept in memory
 * of things that can change is good only while `isLive`, and only if it is younger than the thing's last change.
 *
 * Others are heard through LISTEN on a connection of its own. That it delivers is not assumed but seen: PostgreSQL hands
 * over what is waiting before it answers a question, so that an answer to one that was asked at a moment proves that
 * all before that moment has been heard. Nothing is asked while nobody wants to know.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly changedAt = new Map<string, number>();
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private isStopping = false;
  /** Also while there is nobody to ask. */
  private isQuerying = true;
  /** Time of the last question that has been answered. */
  private deliveredUntil = -Infinity;
  private clock = 0;
  /** What is older than this has changed, whatever it is. */
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

  /** Whether all changes are known that others made until a moment ago. */
  get isLive(): boolean {
    const now = performance.now();
    if (now - this.deliveredUntil > heartbeatAfterMs) this.sendHeartbeat(now);
    return now - this.deliveredUntil <= maxSilenceMs;
  }

  /** The present, to compare with later changes: to be asked for before what is kept is read. */
  get now(): number {
    return this.clock;
  }

  /** Whether the thing, or everything, has changed since then. */
  hasChanged(id: string, since: number): boolean {
    return this.allChangedAt > since || (this.changedAt.get(id) ?? 0) > since;
  }

  /** Whether what was read of the thing at that moment still holds, as far as anybody can know. */
  isCurrent(id: string, since: number): boolean {
    return this.isLive && !this.hasChanged(id, since);
  }

  /** Tells of a change that this process has just made. */
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
      // What changed before that was not heard.
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
