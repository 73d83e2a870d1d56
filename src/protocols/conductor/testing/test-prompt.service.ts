import { Injectable } from '@nestjs/common';
import { renderTemplate } from '@promptyard/template/render/render-template.js';
import { TemplateProblems } from '@promptyard/template/render/template-problems.js';
import type { Principal } from '../../../auth/access/principal.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Answer } from '../../../common/http/answer.js';
import { Integrations } from '../integrations/integrations.service.js';
import { isAskable, type ModelConnection } from './model-question.js';
import { Models } from './models.js';
import { TypeCannotBeAsked } from './models.errors.js';
import type { TestPrompt } from './test-prompt.dto.js';

/** Tries a template out on a model. */
@Injectable()
export class TestPromptService {
  constructor(
    private readonly integrations: Integrations,
    private readonly models: Models,
  ) {}

  /** @throws IntegrationNotFound, TypeCannotBeAsked, ValidationFailed and what Models.ask() throws */
  async test(wish: TestPrompt, me: Principal): Promise<Answer<string>> {
    const { llmProvider: provider, model, temperature, topP, maxTokens, stopWords } = wish;
    const connection = await this.connectionTo({ provider, model }, me);
    const text = await this.models.ask(connection, {
      model,
      prompt: fill(wish),
      temperature: temperature ?? undefined,
      topP: topP ?? undefined,
      maxTokens: maxTokens ?? undefined,
      stopWords: stopWords ?? [],
      wantsJson: (wish.response_format ?? 'text') !== 'text',
    });
    return new Answer(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
  }

  private async connectionTo(
    reference: { readonly provider: string; readonly model: string },
    me: Principal,
  ): Promise<ModelConnection> {
    const { type, configuration } = await this.integrations.connectionTo(reference, me);
    if (!isAskable(type)) throw TypeCannotBeAsked({ type });
    const { endpoint, api_key: apiKey } = configuration;
    return { type, endpoint: endpoint ?? undefined, apiKey: apiKey ?? '' };
  }
}

function fill({ prompt: text, promptVariables }: TestPrompt): string {
  try {
    const template = { id: '', text, syntax: 'dollar', variables: [] } as const;
    return renderTemplate(template, { values: promptVariables ?? {} }).text;
  } catch (error) {
    if (!(error instanceof TemplateProblems)) throw error;
    const named = Object.entries(error.details).map(([field, problem]) => [nameHere(field), problem] as const);
    throw ValidationFailed(Object.fromEntries(named), { cause: error });
  }
}

/** What the renderer calls `variables.x` and `content`, in the words of this request. */
function nameHere(field: string): string {
  return field === 'content' ? 'prompt' : field.replace(/^variables\./, 'promptVariables.');
}
