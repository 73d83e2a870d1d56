import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { Inject, Injectable } from '@nestjs/common';
import { ModelsConfig } from '../../../config/models.config.js';
import { PinnedFetchClient } from '../endpoints/pinned-fetch.client.js';
import { createClient } from './client-libraries.js';
import { ModelFailed, ModelTimeout } from './models.errors.js';
import type { ModelConnection, ModelQuestion } from './model-question.js';

/** Calls models on external servers, once and with a timeout. */
@Injectable()
export class ModelClient {
  constructor(
    @Inject(ModelsConfig.KEY) private readonly config: ModelsConfig,
    private readonly fetchClient: PinnedFetchClient,
  ) {}

  /**
   * The text that the model answers with. @throws ModelRefused, ModelCredentialsRefused, ModelOverloaded, ModelTimeout,
   * ModelFailed, PrivateModelEndpoint, HostServiceEndpoint, EndpointUnreachable, AnswerTooLarge
   */
  async ask(connection: ModelConnection, question: ModelQuestion): Promise<string> {
    const seconds = this.config.timeoutSeconds;
    const signal = AbortSignal.timeout(seconds * 1000);
    try {
      const client = await createClient(connection, question.model, this.fetchClient);
      return textOf(await client.doGenerate({ ...toCall(question), abortSignal: signal }));
    } catch (error) {
      if (signal.aborted) throw ModelTimeout({ seconds });
      const { toFailure } = await import('./model-failures.js');
      throw toFailure(error, connection.apiKey);
    }
  }
}

function toCall({
  prompt,
  maxTokens,
  topP,
  temperature,
  stopWords,
  isJson,
}: ModelQuestion): LanguageModelV4CallOptions {
  return {
    prompt: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
    responseFormat: { type: isJson ? 'json' : 'text' },
    ...(stopWords.length > 0 && { stopSequences: [...stopWords] }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
  };
}

function textOf({ content }: Awaited<ReturnType<LanguageModelV4['doGenerate']>>): string {
  const texts = content.filter((part) => part.type === 'text').map(({ text }) => text);
  if (texts.length === 0) throw ModelFailed({ reason: 'the answer holds no text' });
  return texts.join('');
}
