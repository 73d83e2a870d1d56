import { z } from 'zod';
import { Text } from '../../../common/http/scalars.js';
import { Content } from '../../../history/revisions/revisions.dto.js';
import { ModelName, ProviderName } from '../integrations/integration-names.js';

/** Null counts as missing, because clients send every field that they know. */
export const TestPrompt = z
  .object({
    llmProvider: ProviderName,
    model: ModelName,
    prompt: Content.describe('The template, with variables as `${name}`.'),
    promptVariables: z
      .record(z.string(), z.unknown())
      .nullish()
      .describe('Texts, numbers, true or false, by name. A variable without a value becomes an empty text.'),
    temperature: z.number().min(0).max(2).nullish(),
    topP: z.number().min(0).max(1).nullish(),
    maxTokens: z.int().min(1).nullish().describe('Longest answer, in tokens.'),
    stopWords: z.array(Text.min(1).max(1000)).max(100).nullish().describe('Where the model is to stop.'),
    response_format: z.enum(['text', 'json', 'json_object']).nullish().describe('`json` asks for a JSON object.'),
  })
  .meta({
    id: 'ConductorPromptTest',
    example: {
      llmProvider: 'openai',
      model: 'gpt-5-mini',
      prompt: 'Greet ${customer} kindly.',
      promptVariables: { customer: 'Ada' },
      temperature: 0.1,
      topP: 1,
    },
  });
export type TestPrompt = z.output<typeof TestPrompt>;
