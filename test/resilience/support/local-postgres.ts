import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import pg from 'pg';
import { freePort, unprivileged } from '../../startup/support/debian-program.js';
import { missingPostgres15Reason } from '../../startup/support/postgres-15.js';
import type { TestDatabase } from '../../support/test-database.js';
import { eventually } from './server-environment.js';

/** With Debian's PostgreSQL come the tools that dump, restore and copy a cluster, which npm's binaries lack. */
const bin = '/usr/lib/postgresql/15/bin';
const superuser = 'postgres';
const databaseName = 'promptyard';

/** A PostgreSQL on this machine with one database that can be copied in every way. */
export class LocalPostgres {
  static readonly isInstalled = missingPostgres15Reason() === undefined;
  private readonly account = unprivileged();
  private process: ChildProcess | undefined;
  private port = 0;

  private constructor(
    private readonly folder: string,
    private readonly copies: LocalPostgres[] = [],
  ) {}

  static async start(): Promise<LocalPostgres> {
    const cluster = new LocalPostgres(makeFolder());
    cluster.run('initdb', ['-D', cluster.data, '-U', superuser, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N']);
    await cluster.launch();
    cluster.run('createdb', [databaseName], cluster.connection());
    return cluster;
  }

  url(database = databaseName): string {
    return `postgres://${superuser}@127.0.0.1:${this.port}/${database}`;
  }

  /** One of its databases as tests use them; a new and empty one if it is not there. */
  async database(name = databaseName): Promise<TestDatabase> {
    const admin = new pg.Client(this.url(superuser));
    await admin.connect();
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await admin.query(`create database ${name} template template0`);
    await admin.end();
    const pool = new pg.Pool({ connectionString: this.url(name), max: 4 });
    pool.on('error', () => undefined);
    return { url: this.url(name), pool, drop: () => pool.end() };
  }

  dump(): Buffer {
    return this.run('pg_dump', ['--no-owner', databaseName], this.connection());
  }

  /** Restores a dump into a new database of this cluster, or replaces the content of an existing one. */
  async restore(dump: Buffer, name = `copy_${randomBytes(4).toString('hex')}`): Promise<TestDatabase> {
    const database = await this.database(name);
    await database.pool.query('drop schema public cascade; create schema public');
    this.run('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', name], this.connection(), dump);
    return database;
  }

  /** Another cluster from a base backup that is taken while this one runs, as for point-in-time recovery. */
  async backUp(): Promise<LocalPostgres> {
    const copy = this.copy();
    this.run('pg_basebackup', ['-D', copy.data, '-X', 'stream', '-c', 'fast'], this.connection());
    await copy.launch();
    return copy;
  }

  /** Another cluster that follows this one, until `promote`. */
  async standBy(): Promise<LocalPostgres> {
    const copy = this.copy();
    this.run('pg_basebackup', ['-D', copy.data, '-X', 'stream', '-c', 'fast', '-R'], this.connection());
    await copy.launch();
    return copy;
  }

  promote(): void {
    this.run('pg_ctl', ['promote', '-D', this.data, '-w']);
  }

  /** Another cluster with the files of one moment, at which this one is killed: a snapshot of a volume. */
  async snapshot(): Promise<LocalPostgres> {
    await this.kill();
    const copy = this.copy();
    execFileSync('cp', ['-a', this.data, copy.data]);
    await Promise.all([this.launch(), copy.launch()]);
    return copy;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.launch();
  }

  async close(): Promise<void> {
    for (const copy of this.copies) await copy.close();
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private connection(): string[] {
    return ['-h', '127.0.0.1', '-p', String(this.port), '-U', superuser];
  }

  private copy(): LocalPostgres {
    const copy = new LocalPostgres(makeFolder());
    this.copies.push(copy);
    return copy;
  }

  /** On the same port each time, so that servers find it again. */
  private async launch(): Promise<void> {
    this.port ||= await freePort();
    rmSync(join(this.data, 'postmaster.pid'), { force: true });
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'wal_level=replica'];
    const flags = settings.flatMap((each) => ['-c', each]);
    this.process = spawn(join(bin, 'postgres'), ['-D', this.data, '-p', String(this.port), ...flags], {
      ...this.account,
      cwd: this.folder,
      stdio: 'ignore',
    });
    const answer = await eventually(() => this.isUp(), Boolean, 60_000);
    if (!answer) throw new Error('PostgreSQL did not start');
  }

  private async isUp(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url(superuser), connectionTimeoutMillis: 1_000 });
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async kill(): Promise<void> {
    const { process } = this;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    // At once, as in a power failure; its children see that it is gone.
    process.kill('SIGKILL');
    await ended;
    await eventually(
      () => this.isUp(),
      (isUp) => !isUp,
    );
  }

  private run(tool: string, args: readonly string[], connection: readonly string[] = [], input?: Buffer): Buffer {
    return execFileSync(join(bin, tool), [...connection, ...args], {
      ...this.account,
      cwd: this.folder,
      input,
      maxBuffer: 1e9,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'promptyard-postgres-'));
  const { uid, gid } = unprivileged();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}
