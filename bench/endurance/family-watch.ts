import { cpuMsOfOne, familyOf, residentMiB } from '../load/process-figures.js';
import { spreadOf } from '../report/run-report.js';

/** Memory and processor time of a family of processes of which some end and others begin. */
export class FamilyWatch {
  private memory: number[] = [];
  private cpuMs = 0;
  private readonly seen = new Map<number, number>();

  constructor(private readonly pid: number) {
    this.look();
    this.take();
  }

  /** To be called every second or so, and before a process is ended. */
  look(): void {
    const family = familyOf(this.pid);
    for (const pid of family) {
      const cpuMs = cpuMsOfOne(pid);
      this.cpuMs += Math.max(0, cpuMs - (this.seen.get(pid) ?? 0));
      this.seen.set(pid, cpuMs);
    }
    for (const pid of this.seen.keys()) if (!family.includes(pid)) this.seen.delete(pid);
    this.memory.push(residentMiB(this.pid));
  }

  /** Since it was asked last: the middle of what was in memory. */
  take(): { readonly memoryMiB: number; readonly cpuMs: number } {
    const taken = { memoryMiB: spreadOf(this.memory).middle, cpuMs: this.cpuMs };
    this.memory = [];
    this.cpuMs = 0;
    return taken;
  }
}
