import { cpuMsOfProcess, processTreeOf, residentMiB } from '../load/process-figures.js';
import { spreadOf } from '../report/run-report.js';

/** Memory and processor time of a family of processes of which some end and others begin. */
export class ProcessTreeMonitor {
  private memory: number[] = [];
  private cpuMs = 0;
  private readonly seen = new Map<number, number>();

  constructor(private readonly pid: number) {
    this.sample();
    this.take();
  }

  /** To be called every second or so, and before a process is ended. */
  sample(): void {
    const processes = processTreeOf(this.pid);
    for (const pid of processes) {
      const cpuMs = cpuMsOfProcess(pid);
      this.cpuMs += Math.max(0, cpuMs - (this.seen.get(pid) ?? 0));
      this.seen.set(pid, cpuMs);
    }
    for (const pid of this.seen.keys()) if (!processes.includes(pid)) this.seen.delete(pid);
    this.memory.push(residentMiB(this.pid));
  }

  /** Since it was asked last: the middle of what was in memory. */
  take(): { readonly memoryMiB: number; readonly cpuMs: number } {
    const taken = { memoryMiB: spreadOf(this.memory).median, cpuMs: this.cpuMs };
    this.memory = [];
    this.cpuMs = 0;
    return taken;
  }
}
