import { Overloaded } from './errors/catalogue.js';
import type { DomainError } from './errors/define-error.js';

export interface FairSemaphoreOptions {
  readonly permits: number;
  /** How many may wait, over all callers. */
  readonly maxWaiting: number;
  /**
   * Whether a caller gets no permit while it holds as many as are free. One caller alone then gets half of the permits,
   * two get a third each, and one permit stays free for the next caller.
   */
  readonly isProportional?: boolean;
  /** What is thrown when too many wait; Overloaded if left out. */
  readonly createError?: () => DomainError;
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A semaphore that callers share. Waiting callers get permits in turn; the waiters of one caller keep their order. When
 * too many wait, the newest waiter of the caller with the most waiters is refused.
 */
export class FairSemaphore {
  private freePermits: number;
  private waitingCount = 0;
  private readonly heldPermits = new Map<string, number>();
  /** The next caller comes first. */
  private readonly waitingByCaller = new Map<string, Waiter[]>();

  constructor(private readonly options: FairSemaphoreOptions) {
    this.freePermits = options.permits;
  }

  /** Runs the task with a permit. @throws Overloaded when too many wait, the signal's reason when it fires first */
  async run<T>(caller: string, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.acquire(caller, signal);
    try {
      return await task();
    } finally {
      this.release(caller);
    }
  }

  /** @throws Overloaded when too many wait, the signal's reason when it fires first */
  async acquire(caller: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.waitingByCaller.has(caller) && this.canAcquire(caller)) {
      this.grant(caller);
      return;
    }
    await this.wait(caller, signal);
  }

  release(caller: string): void {
    const held = this.heldBy(caller) - 1;
    if (held === 0) this.heldPermits.delete(caller);
    else this.heldPermits.set(caller, held);
    this.freePermits += 1;
    while (this.grantNext());
  }

  private wait(caller: string, signal: AbortSignal | undefined): Promise<void> {
    if (this.waitingCount >= this.options.maxWaiting) this.evictFor(caller);
    return new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.remove(caller, waiter);
        waiter.reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        resolve: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const queue = this.waitingByCaller.get(caller);
      if (queue) queue.push(waiter);
      else this.waitingByCaller.set(caller, [waiter]);
      this.waitingCount += 1;
    });
  }

  private grantNext(): boolean {
    for (const [caller, queue] of this.waitingByCaller) {
      const [waiter] = queue;
      if (!waiter || !this.canAcquire(caller)) continue;
      this.remove(caller, waiter);
      this.moveBack(caller);
      this.grant(caller);
      waiter.resolve();
      return true;
    }
    return false;
  }

  /**
   * Refuses the newest waiter of the caller with the most waiters. @throws Overloaded if that is the new caller itself
   */
  private evictFor(newcomer: string): void {
    const own = this.waitingByCaller.get(newcomer)?.length ?? 0;
    const [caller, queue] = this.longestQueue();
    const newest = queue.at(-1);
    if (!newest || queue.length <= own + 1) throw this.overloadError();
    this.remove(caller, newest);
    newest.reject(this.overloadError());
  }

  private overloadError(): DomainError {
    return (this.options.createError ?? Overloaded)();
  }

  private longestQueue(): [string, Waiter[]] {
    let longest: [string, Waiter[]] = ['', []];
    for (const entry of this.waitingByCaller) if (entry[1].length > longest[1].length) longest = entry;
    return longest;
  }

  private canAcquire(caller: string): boolean {
    return this.freePermits > 0 && (!this.options.isProportional || this.heldBy(caller) < this.freePermits);
  }

  private grant(caller: string): void {
    this.heldPermits.set(caller, this.heldBy(caller) + 1);
    this.freePermits -= 1;
  }

  private heldBy(caller: string): number {
    return this.heldPermits.get(caller) ?? 0;
  }

  private remove(caller: string, waiter: Waiter): void {
    const queue = this.waitingByCaller.get(caller);
    const index = queue?.indexOf(waiter) ?? -1;
    if (!queue || index < 0) return;
    queue.splice(index, 1);
    this.waitingCount -= 1;
    if (queue.length === 0) this.waitingByCaller.delete(caller);
  }

  private moveBack(caller: string): void {
    const queue = this.waitingByCaller.get(caller);
    if (!queue) return;
    this.waitingByCaller.delete(caller);
    this.waitingByCaller.set(caller, queue);
  }
}
