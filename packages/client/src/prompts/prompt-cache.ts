import type { PromptData } from './prompt-data.js';
import { isUnavailable, type PromptFailure } from './prompt-failure.js';
import type { PromptRequest } from './prompt-request.js';
import type { PromptsSettings } from './prompts-options.js';
import type { PromptResponse } from './read-prompt.js';

interface CachedCopy {
  readonly prompt: PromptData;
  readonly etag: string | undefined;
  /** By `performance.now()`, which no change of the clock moves. */
  readonly freshUntil: number;
}

interface CacheEntry {
  readonly copy?: CachedCopy | undefined;
  /** Set while the server is left alone. */
  readonly backoff?: { readonly failure: PromptFailure; readonly until: number };
}

export interface CachedPrompt {
  readonly prompt: PromptData;
  readonly isStale: boolean;
}

type ReadPrompt = (request: PromptRequest, etag: string | undefined) => Promise<PromptResponse>;
type CacheSettings = Pick<PromptsSettings, 'maxAgeMs' | 'maxStaleMs' | 'retryMs' | 'maxEntries' | 'onFailure'>;

/** No server may ask to be left alone for longer. */
const maxBackoffMs = 60_000;

/** Copies of answers, the least recently used first, and at most one question at a time for each. */
export class PromptCache {
  private readonly entries = new Map<string, CacheEntry>();
  private readonly pending = new Map<string, Promise<CachedCopy>>();

  constructor(
    private readonly read: ReadPrompt,
    private readonly settings: CacheSettings,
  ) {}

  /**
   * A copy that is fresh, or one that is stale while it is refreshed, or else what the server answers; a copy of any age if
   * it has no answer. @throws PromptFailure; if not `insists`, without a question while the server is left alone
   */
  async get(request: PromptRequest, ignoreBackoff: boolean): Promise<CachedPrompt> {
    const { copy, backoff } = this.touch(request.key);
    const now = performance.now();
    if (copy && now < copy.freshUntil) return { prompt: copy.prompt, isStale: false };
    const isBackingOff = backoff !== undefined && now < backoff.until;
    if (copy && (isBackingOff || now < copy.freshUntil + this.settings.maxStaleMs)) {
      // Its failure is kept in the slot and told to `onFailure`.
      if (!isBackingOff) this.fetch(request).catch(() => undefined);
      return { prompt: copy.prompt, isStale: true };
    }
    if (isBackingOff && !ignoreBackoff) throw backoff.failure;
    return this.refresh(request);
  }

  /** What the server answers now; a copy if it has no answer. @throws PromptFailure */
  async refresh(request: PromptRequest): Promise<CachedPrompt> {
    try {
      const { prompt } = await this.fetch(request);
      return { prompt, isStale: false };
    } catch (error) {
      const { copy } = this.touch(request.key);
      if (copy && isUnavailable(error)) return { prompt: copy.prompt, isStale: true };
      throw error;
    }
  }

  private fetch(request: PromptRequest): Promise<CachedCopy> {
    const running = this.pending.get(request.key);
    if (running) return running;
    const fetching = this.load(request).finally(() => this.pending.delete(request.key));
    this.pending.set(request.key, fetching);
    return fetching;
  }

  private async load(request: PromptRequest): Promise<CachedCopy> {
    const { copy: cached } = this.touch(request.key);
    try {
      const { prompt = cached?.prompt, etag, immutableMs } = await this.read(request, cached?.etag);
      if (!prompt) throw new TypeError('Nothing changed in what nobody has');
      const copy = { prompt, etag, freshUntil: performance.now() + Math.max(this.settings.maxAgeMs, immutableMs) };
      this.set(request.key, { copy });
      return copy;
    } catch (error) {
      this.handleFailure(request, cached, error as PromptFailure);
      throw error;
    }
  }

  /** What the server says of the prompt itself ends the copy: it may be gone, or no longer for this caller. */
  private handleFailure({ id, key }: PromptRequest, copy: CachedCopy | undefined, failure: PromptFailure): void {
    const { onFailure, retryMs } = this.settings;
    if (isUnavailable(failure)) {
      const backoffMs = Math.min(failure.retryAfterMs ?? retryMs, maxBackoffMs);
      this.set(key, { copy, backoff: { failure, until: performance.now() + backoffMs } });
    } else {
      this.entries.delete(key);
    }
    // Whatever it throws is its own, and no answer to who asked for the prompt.
    if (onFailure) queueMicrotask(() => onFailure(failure, id));
  }

  private touch(key: string): CacheEntry {
    const entry = this.entries.get(key);
    if (!entry) return {};
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  private set(key: string, entry: CacheEntry): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.settings.maxEntries) break;
      this.entries.delete(oldest);
    }
  }
}
