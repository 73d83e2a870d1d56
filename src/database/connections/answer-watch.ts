import { RunningTimeout } from '../../common/running-timeout.js';

/** After so long without an answer it is asked whether PostgreSQL answers anything. */
const checkAfterMs = 3_000;

export interface AnswerWatchOptions {
  /** How long an answer may take at most. */
  readonly timeoutMs: number;
  /** Whether PostgreSQL answers others. */
  isAnswering(): Promise<boolean>;
  /** Called once, when the answer has taken too long or is not to be expected any more. */
  onLate(): void;
}

/** Waits for a statement's answer: as long as PostgreSQL is at work on it, but not for one that is frozen or cut off. */
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
