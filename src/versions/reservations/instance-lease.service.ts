import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { DatabaseConfig } from '../../config/database.config.js';
import { DedicatedConnection } from '../../database/connections/dedicated-connection.js';
import { withAnswerTimeout } from '../../database/connections/with-answer-timeout.js';
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

/**
 * Proves to other processes that this one is alive: it holds an advisory lock on a connection of its own, which
 * PostgreSQL releases together with the connection, so that liveness needs no timeout. When the connection is lost, the
 * lease expires, its signal aborts the work under it, and a new lease with another key is acquired.
 */
@Injectable()
export class InstanceLeaseService implements OnModuleInit, OnApplicationShutdown {
  private readonly connection: DedicatedConnection;
  private lease: InstanceLease | undefined;
  private holder = '';
  private expiry = new AbortController();
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(@Inject(DatabaseConfig.KEY) { url }: DatabaseConfig, outages: OutageLogger) {
    this.connection = new DedicatedConnection({
      config: { connectionString: url, application_name: 'promptyard lease' },
      outages,
      failure: 'could not lock this process’s uploads for others',
      retryMs: 250,
      prepare: (client) => this.lock(client),
      onOpen: (client) => this.begin(client),
      onLost: (cause) => this.expire(cause),
    });
  }

  async onModuleInit(): Promise<void> {
    await this.connection.open();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.heartbeat);
    await this.connection.close();
  }

  /** @throws DatabaseUnavailable while no lease is held */
  current(): InstanceLease {
    if (!this.lease) throw databaseUnavailable(new Error('no connection holds this process’s lock'));
    return this.lease;
  }

  private async lock(client: pg.Client): Promise<void> {
    this.holder = String(randomBytes(8).readBigUInt64BE() >> 1n);
    await withAnswerTimeout(answerTimeoutMs, client, applySettings(client, { idle_session_timeout: maxSilenceMs }));
    await withAnswerTimeout(answerTimeoutMs, client, client.query('select pg_advisory_lock($1)', [this.holder]));
  }

  private begin(client: pg.Client): void {
    this.expiry = new AbortController();
    this.lease = { holder: this.holder, signal: this.expiry.signal };
    this.scheduleHeartbeat(client);
  }

  private scheduleHeartbeat(client: pg.Client): void {
    this.heartbeat = setTimeout(() => {
      withAnswerTimeout(answerTimeoutMs, client, client.query('select 1')).then(
        () => {
          if (this.connection.current === client) this.scheduleHeartbeat(client);
        },
        (error: unknown) => this.connection.lose(client, error),
      );
    }, heartbeatMs);
    this.heartbeat.unref();
  }

  private expire(cause: unknown): void {
    clearTimeout(this.heartbeat);
    this.lease = undefined;
    this.expiry.abort(databaseUnavailable(cause));
  }
}
