import { cpuMsOfProcess, processTreeOf, residentMiB } from '../environment/process-figures.js';
import { spreadOf } from '../report/run-report.js';

/** Measures memory and processor time of a process and its descendants, some of which end while others start. */
export class ProcessTreeMonitor {
  private memory: number[] = [];
  private cpuMs = 0;
  private readonly seen = new Map<number, number>();

  constructor(private readonly pid: number) {
    this.sample();
    this.take();
  }

  /** To be called about every second, and before a process is killed. */
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

  /** Since the last call: the median of the memory samples. */
  take(): { readonly memoryMiB: number; readonly cpuMs: number } {
    const taken = { memoryMiB: spreadOf(this.memory).median, cpuMs: this.cpuMs };
    this.memory = [];
    this.cpuMs = 0;
    return taken;
  }
}
