import type { Report } from './messages.js';

const longestWaitMs = 8_000;

/** A worker's way to ask the primary process. */
export class PrimaryLink {
  private readonly open = new Map<number, (text: string | undefined) => void>();
  private questions = 0;

  /** Returns when it is said; to nobody if the primary process has gone. */
  tell(report: Report): Promise<void> {
    return new Promise((resolve) => {
      if (!process.connected || !process.send) resolve();
      else process.send(report, () => resolve());
    });
  }

  /** The figures of all workers; undefined if not all of them answered. */
  async metrics(): Promise<string | undefined> {
    const question = (this.questions += 1);
    const answer = new Promise<string | undefined>((resolve) => this.open.set(question, resolve));
    const giveUp = setTimeout(() => this.answer(question, undefined), longestWaitMs);
    void this.tell({ report: 'give metrics', question });
    try {
      return await answer;
    } finally {
      clearTimeout(giveUp);
    }
  }

  answer(question: number, text: string | undefined): void {
    this.open.get(question)?.(text);
    this.open.delete(question);
  }
}
