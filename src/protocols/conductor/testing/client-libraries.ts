import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { PinnedFetchClient } from '../endpoints/pinned-fetch.client.js';
import type { AskableType, ModelConnection } from './model-question.js';

const defaultEndpoints: Record<AskableType, string> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
};

/**
 * Creates the client of a model. The libraries are loaded on the first use to save memory. Address and key are always
 * set, because a library would otherwise read them from the environment of the server.
 */
export async function createClient(
  { type, endpoint, apiKey }: ModelConnection,
  model: string,
  fetchClient: PinnedFetchClient,
): Promise<LanguageModelV4> {
  const baseURL = endpoint === undefined ? defaultEndpoints[type] : withVersion(endpoint);
  const fetch: typeof globalThis.fetch = (input, init = {}) =>
    fetchClient.fetch(new URL(input instanceof Request ? input.url : input), init);
  const settings = { baseURL, apiKey, fetch };
  switch (type) {
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      // Chat completions, which every compatible API supports.
      return createOpenAI(settings).chat(model);
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic(settings)(model);
    }
  }
}

/** Users enter the host alone as often as with the path of the API. */
function withVersion(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1';
  return url.href.replace(/\/+$/, '');
}
