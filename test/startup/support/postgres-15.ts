import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, unprivileged, missingReason } from './debian-program.js';

const programs = '/usr/lib/postgresql/15/bin';

export const missingPostgres15Reason = () => missingReason(join(programs, 'postgres'), 'postgresql-15');

export interface Postgres15 {
  /** Address of a database on it. */
  url(database: string): string;
  stop(): void;
}

/** Debian's PostgreSQL 15 with a new default cluster. */
export async function startPostgres15(): Promise<Postgres15> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'promptyard-postgres-15-'));
  const user = unprivileged();
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const cluster = join(folder, 'cluster');
  const run = (program: string, args: readonly string[]) =>
    execFileSync(join(programs, program), ['--pgdata', cluster, ...args], { cwd: folder, stdio: 'ignore', ...user });
  const options = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const stop = () => {
    run('pg_ctl', ['--mode=immediate', 'stop']);
    rmSync(folder, { recursive: true, force: true });
  };
  run('initdb', ['--username=promptyard', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']);
  run('pg_ctl', [
    '--wait',
    '--options',
    options.map((each) => `-c ${each}`).join(' '),
    '--log',
    join(folder, 'log'),
    'start',
  ]);
  return { url: (database) => `postgresql://promptyard@127.0.0.1:${port}/${database}`, stop };
}
