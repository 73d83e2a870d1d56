import type { PromptData } from './prompt-data.js';
import { isUnavailable, type PromptFailure } from './prompt-failure.js';
import type { PromptWish } from './prompt-wish.js';
import type { PromptsSettings } from './prompts-options.js';
import type { PromptAnswer } from './read-prompt.js';

interface Copy {
  readonly prompt: PromptData;
  readonly etag: string | undefined;
  /** By `performance.now()`, which no change of the clock moves. */
  readonly freshUntil: number;
}

interface Slot {
  readonly copy?: Copy | undefined;
  /** Set while the server is left alone. */
  readonly rest?: { readonly failure: PromptFailure; readonly until: number };
}

export interface CachedPrompt {
  readonly prompt: PromptData;
  readonly isStale: boolean;
}

type ReadPrompt = (wish: PromptWish, etag: string | undefined) => Promise<PromptAnswer>;
type CacheSettings = Pick<PromptsSettings, 'maxAgeMs' | 'maxStaleMs' | 'retryMs' | 'maxEntries' | 'onFailure'>;

/** No server may ask to be left alone for longer. */
const longestRestMs = 60_000;

/** Copies of answers, the least recently used first, and at most one question at a time for each. */
export class PromptCache {
  private readonly slots = new Map<string, Slot>();
  private readonly flights = new Map<string, Promise<Copy>>();

  constructor(
    private readonly read: ReadPrompt,
    private readonly settings: CacheSettings,
  ) {}

  /**
   * A copy that is fresh, or one that is stale while it is refreshed, or else what the server answers; a copy of any age if
   * it has no answer. @throws PromptFailure; if not `insists`, without a question while the server is left alone
   */
  async get(wish: PromptWish, insists: boolean): Promise<CachedPrompt> {
    const { copy, rest } = this.touch(wish.key);
    const now = performance.now();
    if (copy && now < copy.freshUntil) return { prompt: copy.prompt, isStale: false };
    const isResting = rest !== undefined && now < rest.until;
    if (copy && (isResting || now < copy.freshUntil + this.settings.maxStaleMs)) {
      // Its failure is kept in the slot and told to `onFailure`.
      if (!isResting) this.ask(wish).catch(() => undefined);
      return { prompt: copy.prompt, isStale: true };
    }
    if (isResting && !insists) throw rest.failure;
    return this.refresh(wish);
  }

  /** What the server answers now; a copy if it has no answer. @throws PromptFailure */
  async refresh(wish: PromptWish): Promise<CachedPrompt> {
    try {
      const { prompt } = await this.ask(wish);
      return { prompt, isStale: false };
    } catch (error) {
      const { copy } = this.touch(wish.key);
      if (copy && isUnavailable(error)) return { prompt: copy.prompt, isStale: true };
      throw error;
    }
  }

  private ask(wish: PromptWish): Promise<Copy> {
    const running = this.flights.get(wish.key);
    if (running) return running;
    const flight = this.load(wish).finally(() => this.flights.delete(wish.key));
    this.flights.set(wish.key, flight);
    return flight;
  }

  private async load(wish: PromptWish): Promise<Copy> {
    const { copy: held } = this.touch(wish.key);
    try {
      const { prompt = held?.prompt, etag, immutableMs } = await this.read(wish, held?.etag);
      if (!prompt) throw new TypeError('Nothing changed in what nobody has');
      const copy = { prompt, etag, freshUntil: performance.now() + Math.max(this.settings.maxAgeMs, immutableMs) };
      this.keep(wish.key, { copy });
      return copy;
    } catch (error) {
      this.fail(wish, held, error as PromptFailure);
      throw error;
    }
  }

  /** What the server says of the prompt itself ends the copy: it may be gone, or no longer for this caller. */
  private fail({ id, key }: PromptWish, copy: Copy | undefined, failure: PromptFailure): void {
    const { onFailure, retryMs } = this.settings;
    if (isUnavailable(failure)) {
      const restMs = Math.min(failure.retryAfterMs ?? retryMs, longestRestMs);
      this.keep(key, { copy, rest: { failure, until: performance.now() + restMs } });
    } else {
      this.slots.delete(key);
    }
    // Whatever it throws is its own, and no answer to who asked for the prompt.
    if (onFailure) queueMicrotask(() => onFailure(failure, id));
  }

  private touch(key: string): Slot {
    const slot = this.slots.get(key);
    if (!slot) return {};
    this.slots.delete(key);
    this.slots.set(key, slot);
    return slot;
  }

  private keep(key: string, slot: Slot): void {
    this.slots.delete(key);
    this.slots.set(key, slot);
    for (const oldest of this.slots.keys()) {
      if (this.slots.size <= this.settings.maxEntries) break;
      this.slots.delete(oldest);
    }
  }
}
