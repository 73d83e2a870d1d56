import { Overloaded } from './errors/catalogue.js';
import type { DomainError } from './errors/define-error.js';

export interface FairSemaphoreOptions {
  readonly permits: number;
  /** How many may wait, over all callers. */
  readonly maxWaiting: number;
  /**
   * Whether a caller gets no permit while it holds as many as are free. One caller alone then gets half of them, two get
   * a third each, and there is one left for the next caller.
   */
  readonly leavesRoom?: boolean;
  /** What is thrown when too many wait; Overloaded if left out. */
  readonly refuse?: () => DomainError;
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A semaphore that callers share: those who wait get permits in turns, one caller after the other, each caller's
 * own in order. When too many wait, the newest of the caller with the most of them is refused.
 */
export class FairSemaphore {
  private free: number;
  private waitingCount = 0;
  private readonly held = new Map<string, number>();
  /** The caller whose turn is next comes first. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly options: FairSemaphoreOptions) {
    this.free = options.permits;
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
    if (!this.waiting.has(caller) && this.mayHold(caller)) {
      this.hold(caller);
      return;
    }
    await this.wait(caller, signal);
  }

  release(caller: string): void {
    const held = this.heldBy(caller) - 1;
    if (held === 0) this.held.delete(caller);
    else this.held.set(caller, held);
    this.free += 1;
    while (this.grantNext());
  }

  private wait(caller: string, signal: AbortSignal | undefined): Promise<void> {
    if (this.waitingCount >= this.options.maxWaiting) this.makeRoomFor(caller);
    return new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.remove(caller, waiter);
        waiter.reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        resolve: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
        reject: (error) => {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      const queue = this.waiting.get(caller);
      if (queue) queue.push(waiter);
      else this.waiting.set(caller, [waiter]);
      this.waitingCount += 1;
    });
  }

  private grantNext(): boolean {
    for (const [caller, queue] of this.waiting) {
      const [waiter] = queue;
      if (!waiter || !this.mayHold(caller)) continue;
      this.remove(caller, waiter);
      this.moveBack(caller);
      this.hold(caller);
      waiter.resolve();
      return true;
    }
    return false;
  }

  /** Refuses the newest of the caller with the most. @throws Overloaded when the newcomer would then be that caller */
  private makeRoomFor(newcomer: string): void {
    const own = this.waiting.get(newcomer)?.length ?? 0;
    const [caller, queue] = this.longestQueue();
    const newest = queue.at(-1);
    if (!newest || queue.length <= own + 1) throw this.refusal();
    this.remove(caller, newest);
    newest.reject(this.refusal());
  }

  private refusal(): DomainError {
    return (this.options.refuse ?? Overloaded)();
  }

  private longestQueue(): [string, Waiter[]] {
    let longest: [string, Waiter[]] = ['', []];
    for (const each of this.waiting) if (each[1].length > longest[1].length) longest = each;
    return longest;
  }

  private mayHold(caller: string): boolean {
    return this.free > 0 && (!this.options.leavesRoom || this.heldBy(caller) < this.free);
  }

  private hold(caller: string): void {
    this.held.set(caller, this.heldBy(caller) + 1);
    this.free -= 1;
  }

  private heldBy(caller: string): number {
    return this.held.get(caller) ?? 0;
  }

  private remove(caller: string, waiter: Waiter): void {
    const queue = this.waiting.get(caller);
    const index = queue?.indexOf(waiter) ?? -1;
    if (!queue || index < 0) return;
    queue.splice(index, 1);
    this.waitingCount -= 1;
    if (queue.length === 0) this.waiting.delete(caller);
  }

  private moveBack(caller: string): void {
    const queue = this.waiting.get(caller);
    if (!queue) return;
    this.waiting.delete(caller);
    this.waiting.set(caller, queue);
  }
}
