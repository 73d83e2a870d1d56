/** Time is counted in steps of this length. A pause of this process, however long, counts as one step. */
const stepMs = 200;
/** A timer that fires this late was delayed by this process itself. */
const lateToleranceMs = 50;

/**
 * Calls back after so many milliseconds in which this process ran. If the event loop was blocked, an answer may have
 * arrived meanwhile, but timers fire before it is read, so that a plain timer would report a false timeout.
 */
export class RunningTimeout {
  private timer: NodeJS.Timeout | undefined;
  private remainingMs: number;
  private isExtended = false;

  constructor(
    ms: number,
    private readonly onElapsed: () => void,
  ) {
    this.remainingMs = ms;
    this.step();
  }

  clear(): void {
    clearTimeout(this.timer);
  }

  private step(): void {
    const ms = Math.min(stepMs, this.remainingMs);
    const due = performance.now() + ms;
    this.timer = setTimeout(() => this.count(ms, performance.now() - due > lateToleranceMs), ms);
  }

  /** The last step is repeated once if it was late, so that what has arrived meanwhile is read. */
  private count(ms: number, isLate: boolean): void {
    this.remainingMs -= ms;
    if (this.remainingMs <= 0 && isLate && !this.isExtended) {
      this.isExtended = true;
      this.remainingMs = stepMs;
    }
    if (this.remainingMs > 0) this.step();
    else this.onElapsed();
  }
}
