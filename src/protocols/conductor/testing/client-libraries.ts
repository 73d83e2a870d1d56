import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { PinnedFetch } from '../endpoints/pinned-fetch.js';
import type { AskableType, ModelConnection } from './model-question.js';

const ownEndpoints: Record<AskableType, string> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
};

/**
 * The client of a model. The libraries are loaded by who asks a model: a server that never does is spared the memory.
 * Address and key are always given, or a library would take them from the server's environment.
 */
export async function clientOf(
  { type, endpoint, apiKey }: ModelConnection,
  model: string,
  pinned: PinnedFetch,
): Promise<LanguageModelV4> {
  const baseURL = endpoint === undefined ? ownEndpoints[type] : withVersion(endpoint);
  const fetch: typeof globalThis.fetch = (input, init = {}) =>
    pinned.fetch(new URL(input instanceof Request ? input.url : input), init);
  const settings = { baseURL, apiKey, fetch };
  switch (type) {
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      // Chat completions: what all speak who call themselves compatible.
      return createOpenAI(settings).chat(model);
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic(settings)(model);
    }
  }
}

/** People write the host alone as often as with the path that both protocols begin with. */
function withVersion(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1';
  return url.href.replace(/\/+$/, '');
}
