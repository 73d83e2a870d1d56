import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const msPerTick = 10;

/** A process and all that it has started. */
export function familyOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
}

/** Milliseconds that a family of processes has spent on processors, in steps of 10. */
export function cpuMsOf(pid: number): number {
  return sum(
    familyOf(pid).map((each) => {
      // The name of the program, in brackets, may hold blanks.
      const fields = readFileSync(`/proc/${each}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * msPerTick;
    }),
  );
}

/** MiB that a family of processes has in memory. */
export function residentMiB(pid: number): number {
  return statusMiB(pid, 'VmRSS');
}

/** The most MiB that a family of processes has had in memory since the peak was forgotten. */
export function peakMiB(pid: number): number {
  return statusMiB(pid, 'VmHWM');
}

export function forgetPeak(pid: number): void {
  for (const each of familyOf(pid)) writeFileSync(`/proc/${each}/clear_refs`, '5');
}

function statusMiB(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const pattern = new RegExp(`^${field}:\\s+(\\d+)`, 'm');
  return sum(
    familyOf(pid).map((each) => Number(pattern.exec(readFileSync(`/proc/${each}/status`, 'utf8'))?.[1] ?? 0) / 1024),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
