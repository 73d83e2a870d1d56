import type { WorkerReport } from './messages.js';

const metricsTimeoutMs = 8_000;

/** The connection of a worker to the primary process. */
export class PrimaryClient {
  private readonly pendingQuestions = new Map<number, (text: string | undefined) => void>();
  private questions = 0;

  /** Resolves once the message is sent. Without a primary process nothing is sent. */
  send(report: WorkerReport): Promise<void> {
    return new Promise((resolve) => {
      if (!process.connected || !process.send) resolve();
      else process.send(report, () => resolve());
    });
  }

  /** The metrics of all workers; undefined if not all of them answered. */
  async metrics(): Promise<string | undefined> {
    const question = (this.questions += 1);
    const answer = new Promise<string | undefined>((resolve) => this.pendingQuestions.set(question, resolve));
    const timer = setTimeout(() => this.answer(question, undefined), metricsTimeoutMs);
    void this.send({ report: 'give metrics', question });
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  answer(question: number, text: string | undefined): void {
    this.pendingQuestions.get(question)?.(text);
    this.pendingQuestions.delete(question);
  }
}
