import { Injectable } from '@nestjs/common';
import { renderTemplate } from '@promptyard/template/render/render-template.js';
import { TemplateProblems } from '@promptyard/template/render/template-problems.js';
import type { Principal } from '../../../auth/access/principal.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Answer } from '../../../common/http/answer.js';
import { IntegrationsService } from '../integrations/integrations.service.js';
import { isAskable, type ModelConnection } from './model-question.js';
import { ModelClient } from './model.client.js';
import { TypeCannotBeAsked } from './models.errors.js';
import type { TestPrompt } from './test-prompt.dto.js';

/** Tests a template with a model. */
@Injectable()
export class TestPromptService {
  constructor(
    private readonly integrations: IntegrationsService,
    private readonly model: ModelClient,
  ) {}

  /** @throws IntegrationNotFound, TypeCannotBeAsked, ValidationFailed and what Models.ask() throws */
  async test(input: TestPrompt, caller: Principal): Promise<Answer<string>> {
    const { llmProvider: provider, model, temperature, topP, maxTokens, stopWords } = input;
    const connection = await this.connectionTo({ provider, model }, caller);
    const text = await this.model.ask(connection, {
      model,
      prompt: fill(input),
      temperature: temperature ?? undefined,
      topP: topP ?? undefined,
      maxTokens: maxTokens ?? undefined,
      stopWords: stopWords ?? [],
      isJson: (input.response_format ?? 'text') !== 'text',
    });
    return new Answer(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
  }

  private async connectionTo(
    reference: { readonly provider: string; readonly model: string },
    caller: Principal,
  ): Promise<ModelConnection> {
    const { type, configuration } = await this.integrations.connectionTo(reference, caller);
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
    const named = Object.entries(error.details).map(([field, problem]) => [toRequestField(field), problem] as const);
    throw ValidationFailed(Object.fromEntries(named), { cause: error });
  }
}

/** Maps the field names of the renderer, `variables.x` and `content`, to those of this request. */
function toRequestField(field: string): string {
  return field === 'content' ? 'prompt' : field.replace(/^variables\./, 'promptVariables.');
}
