import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '../../../support/api.js';
import { freePort, missingReason, unprivileged } from '../../../startup/support/debian-program.js';

const programs = '/usr/lib/postgresql/15/bin';

export const missingPostgresReason = () => missingReason(join(programs, 'postgres'), 'postgresql-15');

/** A server of Debian's PostgreSQL 15 with its own files: a primary, or a streaming replica of one. */
export class PostgresCluster {
  private readonly user = unprivileged();

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async primary(): Promise<PostgresCluster> {
    const cluster = await PostgresCluster.inNewFolder();
    const options = ['--username=promptyard', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    cluster.run('initdb', ['--pgdata', cluster.data, ...options]);
    cluster.start();
    return cluster;
  }

  /** A streaming replica of this server. */
  async standby(): Promise<PostgresCluster> {
    const cluster = await PostgresCluster.inNewFolder();
    const source = ['--host=127.0.0.1', `--port=${this.port}`, '--username=promptyard'];
    cluster.run('pg_basebackup', [
      ...['--pgdata', cluster.data, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'],
      ...source,
    ]);
    cluster.start();
    return cluster;
  }

  private static async inNewFolder(): Promise<PostgresCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'promptyard-cluster-'));
    const cluster = new PostgresCluster(folder, await freePort());
    const { uid, gid } = cluster.user;
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
    return cluster;
  }

  /** Address of a database on it. */
  url(database = 'postgres'): string {
    return `postgresql://promptyard@127.0.0.1:${this.port}/${database}`;
  }

  start(): void {
    const options = [`port=${this.port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const settings = [...options, 'max_standby_streaming_delay=0', 'wal_receiver_status_interval=100ms'];
    this.control('--wait', '--options', settings.map((each) => `-c ${each}`).join(' '), '--log', this.log, 'start');
  }

  /** Ends it at once, as `kill -9` of the whole server does. */
  async kill(): Promise<void> {
    const killed = this.processes;
    this.signal('SIGKILL');
    // A new server does not start while one of them has the shared memory, nor while its parent has not noticed its end.
    await eventually(
      () => Promise.resolve(killed.every((pid) => parentOf(pid) === undefined)),
      (areGone) => areGone,
    );
    rmSync(join(this.data, 'postmaster.pid'), { force: true });
  }

  /** Keeps all of its processes from running; its connections stay open. */
  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  promote(): void {
    this.control('--wait', 'promote');
  }

  /** Runs one statement. */
  async query(statement: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  stop(): void {
    if (this.processes.length > 0) {
      this.thaw();
      this.control('--mode=immediate', 'stop');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private get log(): string {
    return join(this.folder, 'log');
  }

  /** The server and its children; none if it does not run. */
  private get processes(): number[] {
    const [pid = 0] = read(join(this.data, 'postmaster.pid')).split('\n').map(Number);
    if (pid === 0 || parentOf(pid) === undefined) return [];
    const children = readdirSync('/proc')
      .map(Number)
      .filter((each) => each > 0 && parentOf(each) === pid);
    return [pid, ...children];
  }

  private signal(signal: NodeJS.Signals): void {
    for (const pid of this.processes) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  private control(...args: readonly string[]): void {
    this.run('pg_ctl', ['--pgdata', this.data, ...args]);
  }

  private run(program: string, args: readonly string[]): void {
    try {
      execFileSync(join(programs, program), args, { cwd: this.folder, stdio: 'ignore', ...this.user });
    } catch (error) {
      throw new Error(`${program} failed; the server's log:\n${read(this.log).slice(-4_000)}`, { cause: error });
    }
  }
}

/** Undefined for a process that has ended. */
function parentOf(pid: number): number | undefined {
  const fields = /\) (\S) (\d+) /.exec(read(`/proc/${pid}/stat`));
  return fields && fields[1] !== 'Z' ? Number(fields[2]) : undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
