import { readFileSync } from 'node:fs';
import type { ServerProcess } from './server-process.js';
import { eventually } from './server-environment.js';

/** The workers of a server that runs several: children of its primary process, as Linux lists them. */
export function workersOf(server: ServerProcess): number[] {
  return childrenOf(server.pid).filter((pid) => commandOf(pid).includes('/workers/worker.js'));
}

/** Waits until there are as many workers as before, all of them new. */
export async function replacedWorkers(server: ServerProcess, before: readonly number[]): Promise<number[]> {
  return eventually(
    () => workersOf(server),
    (now) => now.length === before.length && now.every((pid) => !before.includes(pid)),
    90_000,
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A process with all that descend from it. */
export function processTreeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTreeOf)];
}

function childrenOf(pid: number): number[] {
  const list = read(`/proc/${pid}/task/${pid}/children`).trim();
  return list === '' ? [] : list.split(' ').map(Number);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** A process that has just ended has no files there any more. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
