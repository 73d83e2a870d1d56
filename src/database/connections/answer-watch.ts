import { RunningTimeout } from '../../common/running-timeout.js';

/** After so long without an answer it is asked whether PostgreSQL answers anything. */
const silenceMs = 3_000;

export interface AnswerWatchOptions {
  /** How long an answer may take at most. */
  readonly longestMs: number;
  /** Whether PostgreSQL answers others. */
  isAnswering(): Promise<boolean>;
  /** Called once, when the answer has taken too long or is not to be expected any more. */
  onLate(): void;
}

/** Waits for a statement's answer: as long as PostgreSQL is at work on it, but not for one that is frozen or cut off. */
export class AnswerWatch {
  private timeout: RunningTimeout | undefined;
  private leftMs: number;
  private isOver = false;

  constructor(private readonly options: AnswerWatchOptions) {
    this.leftMs = options.longestMs;
    this.wait();
  }

  end(): void {
    this.isOver = true;
    this.timeout?.clear();
  }

  private wait(): void {
    const ms = Math.min(silenceMs, this.leftMs);
    this.timeout = new RunningTimeout(ms, () => {
      this.leftMs -= ms;
      void this.lookAround();
    });
  }

  private async lookAround(): Promise<void> {
    const goesOn = this.leftMs > 0 && (await this.options.isAnswering());
    if (this.isOver) return;
    if (goesOn) this.wait();
    else this.options.onLate();
  }
}
