/** Time for the last replacement worker to start. */
const pauseAtEndMs = 5_000;

/** Calls `kill` periodically, until shortly before the end or until it throws. */
export class KillTimer implements Disposable {
  problem: string | undefined;
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(everySeconds: number | undefined, seconds: number, kill: () => void) {
    if (everySeconds === undefined) return;
    const until = performance.now() + seconds * 1_000 - pauseAtEndMs;
    this.timer = setInterval(() => {
      if (performance.now() < until) this.attempt(kill);
    }, everySeconds * 1_000);
  }

  private attempt(kill: () => void): void {
    try {
      kill();
    } catch (error) {
      this.problem = String(error);
      this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}
