import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { codeOf } from '../node-errors.js';

/** Whether `pid` is a PostgreSQL process at work in `folder` (a real path). A recycled pid or a zombie is not. */
export function runsPostgresIn(pid: number, folder: string): boolean {
  try {
    return process.platform === 'linux' ? worksIn(pid, folder) : commandNames(pid, folder);
  } catch {
    // Gone, or not ours to look at: then it is not our PostgreSQL either.
    return false;
  }
}

/** Every PostgreSQL process at work in `folder`; empty where the system does not tell (other than Linux). */
export function postgresProcessesIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => runsPostgresIn(pid, folder));
}

/** Whether any process has this pid, whoever it belongs to. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Like `process.kill`, but content with a process that has ended already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** PostgreSQL makes its cluster its working folder, and the system follows that through renames. */
function worksIn(pid: number, folder: string): boolean {
  return readlinkSync(`/proc/${pid}/cwd`) === folder && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
}

function commandNames(pid: number, folder: string): boolean {
  const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return command.includes(`postgres -D ${folder} `);
}
