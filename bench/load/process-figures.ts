import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const msPerTick = 10;

/** A process and all that it has started. */
export function processTreeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTreeOf)];
}

export function childrenOf(pid: number): number[] {
  const threads = ifRunning(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return threads.flatMap((thread) =>
    readProcFile(pid, `task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

/** Milliseconds that a family of processes has spent on processors, in steps of 10. */
export function cpuMsOf(pid: number): number {
  return sum(processTreeOf(pid).map(cpuMsOfProcess));
}

/** 0 if it has ended. */
export function cpuMsOfProcess(pid: number): number {
  const [user = 0, system = 0] = statOf(pid).slice(11, 13).map(Number);
  return (user + system) * msPerTick;
}

/** What children of this very process had spent on processors when they ended. */
export function cpuMsOfEndedChildren(): number {
  const [user = 0, system = 0] = statOf(process.pid).slice(13, 15).map(Number);
  return (user + system) * msPerTick;
}

export function parentOf(pid: number): number | undefined {
  const [, parent] = statOf(pid);
  return parent === undefined ? undefined : Number(parent);
}

/** When a process began, in ticks since the machine did; later ones have greater numbers. */
export function startTimeOf(pid: number): number {
  return Number(statOf(pid)[19] ?? Infinity);
}

/** Fields of /proc/<pid>/stat from the third, the state, on; none if the process has ended. */
function statOf(pid: number): string[] {
  // The name of the program, in brackets, may hold blanks.
  return readProcFile(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
}

function readProcFile(pid: number, file: string): string {
  return ifRunning(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')) ?? '';
}

/** Undefined for what belongs to a process that has just ended. */
export function ifRunning<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** MiB that a family of processes has in memory. */
export function residentMiB(pid: number): number {
  return statusMiB(pid, 'VmRSS');
}

/** The most MiB that a family of processes has had in memory since the peak was forgotten. */
export function peakMiB(pid: number): number {
  return statusMiB(pid, 'VmHWM');
}

export function resetPeak(pid: number): void {
  for (const each of processTreeOf(pid)) writeFileSync(`/proc/${each}/clear_refs`, '5');
}

function statusMiB(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const pattern = new RegExp(`^${field}:\\s+(\\d+)`, 'm');
  return sum(processTreeOf(pid).map((each) => Number(pattern.exec(readProcFile(each, 'status'))?.[1] ?? 0) / 1024));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
