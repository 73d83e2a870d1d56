import { AT_ONCE } from '../in-parallel.js';

const mostBytes = 64 * 1024 * 1024;
const mostWaiting = 512;

/**
 * Work that comes as a stream, each piece for one of many lanes: in a lane one after the other, several lanes at once. The
 * stream is held up where too much waits. After the first error nothing more is begun.
 */
export class Lanes {
  private readonly ends = new Map<string, Promise<void>>();
  private readonly pending = new Set<Promise<void>>();
  private bytes = 0;
  private running = 0;
  private readonly queue: (() => void)[] = [];
  private failure: { readonly error: unknown } | undefined;

  /** Resolves when there is room for more. @throws the first error of any work */
  async add(lane: string, size: number, work: () => Promise<void>): Promise<void> {
    this.bytes += size;
    const piece = this.follow(this.ends.get(lane), work).finally(() => {
      this.bytes -= size;
      this.pending.delete(piece);
      if (this.ends.get(lane) === piece) this.ends.delete(lane);
    });
    this.ends.set(lane, piece);
    this.pending.add(piece);
    while (this.pending.size > 0 && (this.bytes > mostBytes || this.pending.size > mostWaiting))
      await Promise.race(this.pending);
    this.throwFailure();
  }

  /** Waits for all of it. @throws the first error of any work */
  async end(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
    this.throwFailure();
  }

  private async follow(before: Promise<void> | undefined, work: () => Promise<void>): Promise<void> {
    await before;
    if (this.failure) return;
    await this.slot();
    try {
      await work();
    } catch (error) {
      this.failure ??= { error };
    } finally {
      this.running -= 1;
      this.queue.shift()?.();
    }
  }

  private async slot(): Promise<void> {
    while (this.running >= AT_ONCE) await new Promise<void>((free) => this.queue.push(free));
    this.running += 1;
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}
