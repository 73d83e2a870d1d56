import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { codeOf } from '../node-errors.js';

/** Whether `pid` is a PostgreSQL process at work in `folder` (a real path). A recycled pid or a zombie is not. */
export function runsPostgresIn(pid: number, folder: string): boolean {
  try {
    return process.platform === 'linux' ? worksIn(pid, folder) : commandNames(pid, folder);
  } catch {
    // The process has ended or belongs to another user. Then it is not this PostgreSQL.
    return false;
  }
}

/** Every PostgreSQL process that uses `folder`; empty on systems other than Linux, which do not report it. */
export function postgresProcessesIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => runsPostgresIn(pid, folder));
}

/** Whether any process, of any user, has this pid. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Like `process.kill`, but ignores a process that has ended already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** The working folder of PostgreSQL is its cluster, and the system keeps it correct after renames. */
function worksIn(pid: number, folder: string): boolean {
  return readlinkSync(`/proc/${pid}/cwd`) === folder && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
}

function commandNames(pid: number, folder: string): boolean {
  const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return command.includes(`postgres -D ${folder} `);
}
