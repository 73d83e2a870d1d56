import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const msPerTick = 10;

/** A process and its descendants. */
export function processTreeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTreeOf)];
}

export function childrenOf(pid: number): number[] {
  const threads = ifRunning(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return threads.flatMap((thread) =>
    readProcFile(pid, `task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

/** The processor time of a process and its descendants in milliseconds, in steps of 10. */
export function cpuMsOf(pid: number): number {
  return sum(processTreeOf(pid).map(cpuMsOfProcess));
}

/** 0 if it has ended. */
export function cpuMsOfProcess(pid: number): number {
  const [user = 0, system = 0] = statOf(pid).slice(11, 13).map(Number);
  return (user + system) * msPerTick;
}

/** The processor time of ended children of this process. */
export function cpuMsOfEndedChildren(): number {
  const [user = 0, system = 0] = statOf(process.pid).slice(13, 15).map(Number);
  return (user + system) * msPerTick;
}

export function parentOf(pid: number): number | undefined {
  const [, parent] = statOf(pid);
  return parent === undefined ? undefined : Number(parent);
}

/** The start time of a process, in ticks since the start of the machine. */
export function startTimeOf(pid: number): number {
  return Number(statOf(pid)[19] ?? Infinity);
}

/** The fields of /proc/<pid>/stat from the third, the state; none if the process has ended. */
function statOf(pid: number): string[] {
  // The name of the program, in brackets, may contain blanks.
  return readProcFile(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
}

function readProcFile(pid: number, file: string): string {
  return ifRunning(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')) ?? '';
}

/** Undefined if the process has just ended. */
export function ifRunning<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Resident memory of a process and its descendants, in MiB. */
export function residentMiB(pid: number): number {
  return statusMiB(pid, 'VmRSS');
}

/** Maximum resident memory of a process and its descendants since the last reset, in MiB. */
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
