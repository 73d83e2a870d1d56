import pLimit from 'p-limit';
import { transferConcurrency } from '../concurrency.js';

const maxPendingBytes = 64 * 1024 * 1024;
const maxPendingTasks = 512;

/**
 * A queue of tasks with keys: tasks with the same key run one after the other, several keys run concurrently. `add`
 * waits while too many tasks or bytes are pending. After the first error no more tasks are started.
 */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>();
  private readonly pending = new Set<Promise<void>>();
  private bytes = 0;
  private readonly limit = pLimit(transferConcurrency);
  private failure: { readonly error: unknown } | undefined;

  /** Resolves when more tasks can be added. @throws the first error of any task */
  async add(key: string, size: number, work: () => Promise<void>): Promise<void> {
    this.bytes += size;
    const task = this.runAfter(this.tails.get(key), work).finally(() => {
      this.bytes -= size;
      this.pending.delete(task);
      if (this.tails.get(key) === task) this.tails.delete(key);
    });
    this.tails.set(key, task);
    this.pending.add(task);
    while (this.pending.size > 0 && (this.bytes > maxPendingBytes || this.pending.size > maxPendingTasks))
      await Promise.race(this.pending);
    this.throwFailure();
  }

  /** Waits for all tasks. @throws the first error of any task */
  async drain(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
    this.throwFailure();
  }

  private async runAfter(before: Promise<void> | undefined, work: () => Promise<void>): Promise<void> {
    await before;
    if (this.failure) return;
    await this.limit(async () => {
      try {
        await work();
      } catch (error) {
        this.failure ??= { error };
      }
    });
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}
