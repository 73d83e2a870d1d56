import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DatabaseConfig } from '../../config/database.config.js';
import { withAnswerTimeout } from '../../database/connections/with-answer-timeout.js';
import { endConnection } from '../../database/connections/end-connection.js';
import { databaseUnavailable } from '../../database/database-errors.js';
import { OutageLogger } from '../../database/outage-logger.js';
import { applySettings } from '../../database/connections/session-settings.js';

/**
 * The right to hold reservations. It lasts until the signal aborts. Other processes see it as the holder's advisory
 * lock.
 */
export interface InstanceLease {
  /** Key of the session-level advisory lock, a random positive 63-bit number. */
  readonly holder: string;
  readonly signal: AbortSignal;
}

const heartbeatMs = 2_000;
/**
 * PostgreSQL ends the session after this time without a heartbeat, for example because the process is frozen or its
 * machine has failed.
 */
const maxSilenceMs = 15_000;
const answerTimeoutMs = 4_000;
const retryMs = 250;

const leaseFailure = 'could not lock this process’s uploads for others';

/**
 * Proves to other processes that this one is alive: it holds an advisory lock on a connection of its own, which
 * PostgreSQL releases together with the connection, so that liveness needs no timeout. When the connection is lost, the
 * lease expires, its signal aborts the work under it, and a new lease with another key is acquired.
 */
@Injectable()
export class InstanceLeaseService implements OnModuleInit, OnApplicationShutdown {
  private lease: InstanceLease | undefined;
  private client: pg.Client | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    @Inject(DatabaseConfig.KEY) private readonly config: DatabaseConfig,
    private readonly outages: OutageLogger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.acquire();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.heartbeat);
    if (this.client) await endConnection(this.client);
  }

  /** @throws DatabaseUnavailable while no lease is held */
  current(): InstanceLease {
    if (!this.lease) throw databaseUnavailable(new Error('no connection holds this process’s lock'));
    return this.lease;
  }

  private async acquire(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.config.url,
      application_name: 'promptyard lease',
      connectionTimeoutMillis: 4_000,
      keepAlive: true,
    });
    const ended = new AbortController();
    client.on('error', (error) => this.expire(client, ended, error));
    client.on('end', () => this.expire(client, ended, new Error('the connection was closed')));
    const holder = String(randomBytes(8).readBigUInt64BE() >> 1n);
    try {
      await client.connect();
      await withAnswerTimeout(answerTimeoutMs, client, applySettings(client, { idle_session_timeout: maxSilenceMs }));
      await withAnswerTimeout(answerTimeoutMs, client, client.query('select pg_advisory_lock($1)', [holder]));
    } catch (error) {
      // If it stayed open, it would hold an unused lock once PostgreSQL answers again.
      client.connection.stream.destroy();
      throw error;
    }
    if (this.isStopping) return endConnection(client);
    this.client = client;
    this.lease = { holder, signal: ended.signal };
    this.scheduleHeartbeat(client, ended);
  }

  private scheduleHeartbeat(client: pg.Client, ended: AbortController): void {
    this.heartbeat = setTimeout(() => {
      withAnswerTimeout(answerTimeoutMs, client, client.query('select 1')).then(
        () => this.scheduleHeartbeat(client, ended),
        (error: unknown) => this.expire(client, ended, error),
      );
    }, heartbeatMs);
    this.heartbeat.unref();
  }

  private expire(client: pg.Client, ended: AbortController, cause: unknown): void {
    if (ended.signal.aborted) return;
    ended.abort(databaseUnavailable(cause));
    if (this.client !== client) return;
    this.lease = undefined;
    client.connection.stream.destroy();
    this.reacquire();
  }

  private reacquire(): void {
    if (this.isStopping) return;
    this.acquire().then(
      () => this.outages.recordSuccess(leaseFailure),
      (error: unknown) => {
        this.outages.recordFailure(leaseFailure, error);
        setTimeout(() => this.reacquire(), retryMs).unref();
      },
    );
  }
}
