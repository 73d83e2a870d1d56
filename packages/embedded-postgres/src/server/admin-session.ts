import { Client } from 'pg';
import { clusterEntry, readPassword } from '../cluster/cluster-folder.js';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { codeOf } from '../node-errors.js';
import type { ServerHome } from '../server-home.js';
import type { Postmaster } from './postmaster-file.js';

/** An arbitrary key. Advisory locks are separate for each database, and no other code takes one in `postgres`. */
const ownerLockKey = 7_061_820_011;
const wrongPasswordState = '28P01';

/**
 * The connection of the superuser. It holds the lock that makes one process the owner of the data folder. Ownership
 * ends together with the process or PostgreSQL, so that it needs no timeout.
 */
export class AdminSession {
  private readonly client: Client;
  readonly postmaster: Postmaster;
  readonly closed: Promise<void>;

  private constructor(client: Client, postmaster: Postmaster) {
    this.client = client;
    this.postmaster = postmaster;
    this.closed = new Promise((resolve) => client.once('end', resolve));
  }

  /** Rejects with `EmbeddedPostgresError` if a retry cannot help. */
  static async open(home: ServerHome, postmaster: Postmaster): Promise<AdminSession> {
    const client = new Client({
      host: '127.0.0.1',
      port: postmaster.port,
      user: 'postgres',
      password: readPassword(home.folder),
      database: 'postgres',
      application_name: `promptyard ${process.pid}`,
      connectionTimeoutMillis: 5_000,
      query_timeout: 30_000,
    });
    const session = new AdminSession(client, postmaster);
    // `closed` reports a lost connection. Without this listener the error would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return session;
    } catch (cause) {
      if (codeOf(cause) !== wrongPasswordState) throw cause;
      throw new EmbeddedPostgresError(
        `PostgreSQL in ${clusterEntry(home.dataFolder)} runs, but does not know the password that stands there.`,
        { cause },
      );
    }
  }

  async tryToOwn(): Promise<boolean> {
    const { rows } = await this.client.query<{ owned: boolean }>('select pg_try_advisory_lock($1) as owned', [
      ownerLockKey,
    ]);
    return rows[0]?.owned === true;
  }

  /** The process id of the owner, for the error message of another process. */
  async ownerPid(): Promise<string | undefined> {
    const { rows } = await this.client.query<{ name: string }>(
      `select application_name as name from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and granted and datname = 'postgres' limit 1`,
    );
    return rows[0]?.name.split(' ').at(1);
  }

  /**
   * Creates the database and its role on the first start. The role is not a superuser, but may create databases for
   * tests.
   */
  async ensureDatabase(name: string, password: string): Promise<void> {
    const { rows } = await this.client.query<{ has_role: boolean; has_database: boolean }>(
      `select exists (select from pg_roles where rolname = $1) as has_role,
              exists (select from pg_database where datname = $1) as has_database`,
      [name],
    );
    const [identifier, literal] = [this.client.escapeIdentifier(name), this.client.escapeLiteral(password)];
    if (!rows[0]?.has_role) await this.client.query(`create role ${identifier} login createdb password ${literal}`);
    if (!rows[0]?.has_database) {
      await this.client.query(`create database ${identifier} owner ${identifier} template template0`);
    }
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
