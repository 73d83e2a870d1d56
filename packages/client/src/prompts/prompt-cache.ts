import type { PromptData } from './prompt-data.js';
import { isUnavailable, type PromptFailure } from './prompt-failure.js';
import type { PromptRequest } from './prompt-request.js';
import type { PromptsSettings } from './prompts-options.js';
import type { PromptResponse } from './read-prompt.js';

interface CachedCopy {
  readonly prompt: PromptData;
  readonly etag: string | undefined;
  /** On the monotonic clock of `performance.now()`. */
  readonly freshUntil: number;
}

interface CacheEntry {
  readonly copy?: CachedCopy | undefined;
  /** Set during the back-off after a failure. */
  readonly backoff?: { readonly failure: PromptFailure; readonly until: number };
}

export interface CachedPrompt {
  readonly prompt: PromptData;
  readonly isStale: boolean;
}

type ReadPrompt = (request: PromptRequest, etag: string | undefined) => Promise<PromptResponse>;
type CacheSettings = Pick<PromptsSettings, 'maxAgeMs' | 'maxStaleMs' | 'retryMs' | 'maxEntries' | 'onFailure'>;

/** The maximum back-off that a server can ask for. */
const maxBackoffMs = 60_000;

/** A cache of answers in the order of their use, with at most one request at a time for each. */
export class PromptCache {
  private readonly entries = new Map<string, CacheEntry>();
  private readonly pending = new Map<string, Promise<CachedCopy>>();

  constructor(
    private readonly read: ReadPrompt,
    private readonly settings: CacheSettings,
  ) {}

  /**
   * Returns a fresh copy, or a stale one while it is refreshed, or else the server's answer. Without an answer it
   * returns a copy of any age. @throws PromptFailure, during the back-off without a request unless `ignoreBackoff`
   */
  async get(request: PromptRequest, ignoreBackoff: boolean): Promise<CachedPrompt> {
    const { copy, backoff } = this.touch(request.key);
    const now = performance.now();
    if (copy && now < copy.freshUntil) return { prompt: copy.prompt, isStale: false };
    const isBackingOff = backoff !== undefined && now < backoff.until;
    if (copy && (isBackingOff || now < copy.freshUntil + this.settings.maxStaleMs)) {
      // The failure is stored in the entry and reported to `onFailure`.
      if (!isBackingOff) this.fetch(request).catch(() => undefined);
      return { prompt: copy.prompt, isStale: true };
    }
    if (isBackingOff && !ignoreBackoff) throw backoff.failure;
    return this.refresh(request);
  }

  /** The server's present answer, or a copy without an answer. @throws PromptFailure */
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
      if (!prompt) throw new TypeError('304 without a cached prompt');
      const copy = { prompt, etag, freshUntil: performance.now() + Math.max(this.settings.maxAgeMs, immutableMs) };
      this.set(request.key, { copy });
      return copy;
    } catch (error) {
      this.handleFailure(request, cached, error as PromptFailure);
      throw error;
    }
  }

  /** An error about the prompt itself removes the copy: it may be deleted, or not readable any more. */
  private handleFailure({ id, key }: PromptRequest, copy: CachedCopy | undefined, failure: PromptFailure): void {
    const { onFailure, retryMs } = this.settings;
    if (isUnavailable(failure)) {
      const backoffMs = Math.min(failure.retryAfterMs ?? retryMs, maxBackoffMs);
      this.set(key, { copy, backoff: { failure, until: performance.now() + backoffMs } });
    } else {
      this.entries.delete(key);
    }
    // An error of the callback must not reach the caller of the prompt.
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
