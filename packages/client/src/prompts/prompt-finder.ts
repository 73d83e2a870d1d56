import { createClient } from '../generated/client/index.js';
import { bundledPromptLookup } from './bundled-prompt-lookup.js';
import { digestOf } from './digest.js';
import { type CachedPrompt, PromptCache } from './prompt-cache.js';
import type { PromptData } from './prompt-data.js';
import { digestMismatch, isUnavailable, PromptFailure } from './prompt-failure.js';
import type { PromptRequest } from './prompt-request.js';
import type { PromptsSettings } from './prompts-options.js';
import { readPrompt } from './read-prompt.js';

export interface FoundPrompt extends CachedPrompt {
  /** `server`: from the server, now or earlier; `bundle`: the program's own copy. */
  readonly origin: 'server' | 'bundle';
}

/** Finds prompts in the cache, on the server, or among the bundled copies. */
export class PromptFinder {
  private readonly cache: PromptCache;
  private readonly bundled: (request: PromptRequest) => PromptData | undefined;

  constructor(private readonly settings: PromptsSettings) {
    const { baseUrl, auth, fetch, verify, timeoutMs, fallback = {} } = settings;
    const client = createClient({ baseUrl, ...(auth !== undefined && { auth }), ...(fetch && { fetch }) });
    this.bundled = bundledPromptLookup(fallback);
    this.cache = new PromptCache(async (request, etag) => {
      const answer = await readPrompt(client, request, etag, timeoutMs);
      if (verify && answer.prompt) await assertDigest(answer.prompt, answer.prompt.digest);
      return answer;
    }, settings);
  }

  /** @throws PromptFailure */
  async find(request: PromptRequest): Promise<FoundPrompt> {
    const copy = this.bundled(request);
    try {
      return { ...(await this.cache.get(request, copy === undefined)), origin: 'server' };
    } catch (error) {
      if (!copy || !isUnavailable(error)) throw error;
      if (this.settings.verify && copy.digest !== undefined) await assertDigest(copy, copy.digest);
      return { prompt: copy, isStale: true, origin: 'bundle' };
    }
  }

  /** Finds the prompt with this digest only. @throws PromptFailure */
  async findExpected(request: PromptRequest, expected: string): Promise<FoundPrompt> {
    const found = await this.find(request);
    if ((await digestOf(found.prompt)) === expected) return found;
    // A cached copy with another digest may be outdated, so the server is asked again.
    const last = found.origin === 'server' ? { ...(await this.cache.refresh(request)), origin: found.origin } : found;
    await assertDigest(last.prompt, expected);
    return last;
  }
}

/** Compares the locally computed digest. */
async function assertDigest(prompt: PromptData, expected: string): Promise<void> {
  const actual = await digestOf(prompt);
  if (actual === expected) return;
  const { owner, name } = prompt;
  throw new PromptFailure(digestMismatch, `the digest of ${owner}/${name} is ${actual}, not ${expected}`);
}
