import { RunningTimeout } from '../../common/running-timeout.js';

/** After this long without an answer, a probe checks whether PostgreSQL answers at all. */
const checkAfterMs = 3_000;

export interface AnswerWatchOptions {
  /** The maximum time for an answer. */
  readonly timeoutMs: number;
  /** Whether PostgreSQL answers other queries. */
  isAnswering(): Promise<boolean>;
  /** Called once, when the answer took too long or will not arrive. */
  onLate(): void;
}

/** Watches a statement: it may take long while PostgreSQL works, but not if PostgreSQL is frozen or unreachable. */
export class AnswerWatch {
  private timeout: RunningTimeout | undefined;
  private remainingMs: number;
  private isOver = false;

  constructor(private readonly options: AnswerWatchOptions) {
    this.remainingMs = options.timeoutMs;
    this.wait();
  }

  end(): void {
    this.isOver = true;
    this.timeout?.clear();
  }

  private wait(): void {
    const ms = Math.min(checkAfterMs, this.remainingMs);
    this.timeout = new RunningTimeout(ms, () => {
      this.remainingMs -= ms;
      void this.checkServer();
    });
  }

  private async checkServer(): Promise<void> {
    const canWait = this.remainingMs > 0 && (await this.options.isAnswering());
    if (this.isOver) return;
    if (canWait) this.wait();
    else this.options.onLate();
  }
}
