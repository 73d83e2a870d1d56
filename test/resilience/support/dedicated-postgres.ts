import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@promptyard/embedded-postgres/embedded-postgres.js';
import { findPostmaster } from '@promptyard/embedded-postgres/server/postmaster-file.js';
import { postgresProcessesIn, signalProcess } from '@promptyard/embedded-postgres/server/process-identity.js';
import { eventually } from './server-environment.js';

const restartTimeoutMs = 60_000;

// The backends of the server under test that are in a transaction.
const transactions = `select pid from pg_stat_activity
  where application_name = 'promptyard' and xact_start is not null and datname = current_database() limit $1`;
const terminate = 'select count(*)::int as n from unnest($1::int[]) pid where pg_terminate_backend(pid)';

/** A separate PostgreSQL that can be restarted, frozen and stopped without affecting other tests. */
export class DedicatedPostgres {
  readonly pool: pg.Pool;

  private constructor(
    private readonly folder: string,
    private readonly postgres: EmbeddedPostgres,
  ) {
    this.pool = new pg.Pool({ connectionString: postgres.url, max: 2, connectionTimeoutMillis: 5_000 });
    this.pool.on('error', () => undefined);
  }

  static async start(): Promise<DedicatedPostgres> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'promptyard-faults-')));
    // PostgreSQL does not run as root; its user must get here.
    chmodSync(folder, 0o755);
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), onNotice: () => undefined });
    return new DedicatedPostgres(folder, postgres);
  }

  get url(): string {
    return this.postgres.url;
  }

  /** Ends connections that are in a transaction. @returns how many */
  async terminate(atMost: number): Promise<number> {
    const { rows } = await this.pool.query<{ pid: number }>(transactions, [atMost]);
    const ended = await this.pool.query<{ n: number }>(terminate, [rows.map(({ pid }) => pid)]);
    return ended.rows[0]?.n ?? 0;
  }

  /** Returns when it takes connections again. */
  async restart(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const before = this.postmaster();
    if (before === undefined) throw new Error('PostgreSQL does not run');
    process.kill(before, signal);
    await eventually(
      () => this.postmaster(),
      (pid) => pid !== undefined && pid !== before,
      restartTimeoutMs,
    );
  }

  freeze(): void {
    for (const pid of postgresProcessesIn(this.postgres.location)) signalProcess(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of postgresProcessesIn(this.postgres.location)) signalProcess(pid, 'SIGCONT');
  }

  /** Stops it permanently. */
  async stop(): Promise<void> {
    this.thaw();
    await this.postgres.stop();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.pool.end();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private postmaster(): number | undefined {
    const found = findPostmaster(this.postgres.location);
    return found?.isReady ? found.pid : undefined;
  }
}
