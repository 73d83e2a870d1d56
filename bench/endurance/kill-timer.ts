/** Time that is left for the last successor to come. */
const pauseAtEndMs = 5_000;

/** Kills every so often, until shortly before the end or until it is not possible. */
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
