/** Time is counted in steps of this length; a pause of this process, however long, counts as one of them. */
const stepMs = 200;
/** A timer that fires so late was held up by this process itself. */
const toleratedMs = 50;

/**
 * Calls back after so many milliseconds in which this process ran. What somebody else was waited for may have answered
 * while the event loop stood still: timers fire before anything is read, so a plain timer would blame the other one.
 */
export class RunningTimeout {
  private timer: NodeJS.Timeout | undefined;
  private leftMs: number;
  private isExtended = false;

  constructor(
    ms: number,
    private readonly onElapsed: () => void,
  ) {
    this.leftMs = ms;
    this.step();
  }

  clear(): void {
    clearTimeout(this.timer);
  }

  private step(): void {
    const ms = Math.min(stepMs, this.leftMs);
    const due = performance.now() + ms;
    this.timer = setTimeout(() => this.count(ms, performance.now() - due > toleratedMs), ms);
  }

  /** The last step is repeated once if it was late, so that what has arrived meanwhile is read. */
  private count(ms: number, isLate: boolean): void {
    this.leftMs -= ms;
    if (this.leftMs <= 0 && isLate && !this.isExtended) {
      this.isExtended = true;
      this.leftMs = stepMs;
    }
    if (this.leftMs > 0) this.step();
    else this.onElapsed();
  }
}
