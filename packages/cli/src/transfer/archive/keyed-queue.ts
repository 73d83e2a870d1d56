import { CONCURRENCY } from '../concurrency.js';

const maxPendingBytes = 64 * 1024 * 1024;
const maxPendingTasks = 512;

/**
 * Work that comes as a stream, each piece for one of many lanes: in a lane one after the other, several lanes at once. The
 * stream is held up where too much waits. After the first error nothing more is begun.
 */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>();
  private readonly pending = new Set<Promise<void>>();
  private bytes = 0;
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private failure: { readonly error: unknown } | undefined;

  /** Resolves when there is room for more. @throws the first error of any work */
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

  /** Waits for all of it. @throws the first error of any work */
  async drain(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
    this.throwFailure();
  }

  private async runAfter(before: Promise<void> | undefined, work: () => Promise<void>): Promise<void> {
    await before;
    if (this.failure) return;
    await this.acquireSlot();
    try {
      await work();
    } catch (error) {
      this.failure ??= { error };
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  private async acquireSlot(): Promise<void> {
    while (this.running >= CONCURRENCY) await new Promise<void>((free) => this.waiting.push(free));
    this.running += 1;
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}
