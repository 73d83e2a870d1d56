import { z } from 'zod';
import { isStorableJson } from '../../../common/http/json-scalars.js';
import { Text } from '../../../common/http/scalars.js';
import { ModelName, ProviderName } from './integration-names.js';

const maxConfigurationLength = 64 * 1024;

/** Clients send null for missing fields. */
const orElse = <T>(schema: z.ZodType<T>, fallback: T) => schema.nullish().transform((value) => value ?? fallback);

const Endpoint = Text.max(2000)
  .refine(isEndpoint, 'must be an http:// or https:// address without credentials, query and fragment')
  .describe('Address of the API, such as https://api.openai.com/v1; the provider’s own, if left out.');

/** The connection settings of a provider. Unknown keys are stored as well. */
export const Configuration = z
  .looseObject({
    api_key: Text.max(10_000).nullish().describe('Sent to the provider; never returned.'),
    endpoint: Endpoint.nullish(),
  })
  .refine((configuration) => isStorableJson(configuration), 'must be JSON of few levels, without NUL characters')
  .refine(
    (configuration) => JSON.stringify(configuration).length <= maxConfigurationLength,
    `must be at most ${maxConfigurationLength} characters as JSON`,
  );
export type Configuration = z.output<typeof Configuration>;

export const SaveProvider = z
  .object({
    type: Text.min(1).max(64).describe('`openai` is any OpenAI-compatible API, `anthropic` is Anthropic’s.'),
    category: orElse(z.literal('AI_MODEL'), 'AI_MODEL'),
    description: orElse(Text.max(4000), ''),
    enabled: orElse(z.boolean(), true),
    configuration: Configuration.nullish().describe('Stored encrypted and never returned; unchanged if left out.'),
    restricted: z.boolean().nullish().describe('Only for those who have been granted it; unchanged if left out.'),
  })
  .meta({
    id: 'SaveIntegrationProvider',
    example: {
      type: 'openai',
      category: 'AI_MODEL',
      description: 'The company’s account',
      enabled: true,
      configuration: { api_key: 'sk-example', endpoint: 'https://api.openai.com/v1' },
    },
  });
export type SaveProvider = z.output<typeof SaveProvider>;

export const SaveModel = z
  .object({ description: orElse(Text.max(4000), ''), enabled: orElse(z.boolean(), true) })
  .meta({ id: 'SaveIntegrationModel', example: { description: 'Fast and cheap', enabled: true } });
export type SaveModel = z.output<typeof SaveModel>;

export const ProviderPath = z.object({ provider: ProviderName });
export type ProviderPath = z.output<typeof ProviderPath>;
export const ModelPath = z.object({ provider: ProviderName, model: ModelName });
export type ModelPath = z.output<typeof ModelPath>;

export const IntegrationFilter = z.object({
  category: z.string().max(64).optional().describe('All there are have the category `AI_MODEL`.'),
  activeOnly: z
    .string()
    .optional()
    .transform((value) => value?.toLowerCase() === 'true')
    .describe('`true` lists only what is switched on.'),
});
export type IntegrationFilter = z.output<typeof IntegrationFilter>;

const Milliseconds = z.int().describe('Milliseconds since 1970.');
const sharedFields = {
  description: z.string(),
  enabled: z.boolean(),
  tags: z.array(z.never()).describe('Integrations have none.'),
  createdBy: z.string(),
  updatedBy: z.string(),
  createTime: Milliseconds,
  updateTime: Milliseconds,
  createdOn: Milliseconds,
  updatedOn: Milliseconds,
};

export const Provider = z
  .object({
    name: z.string(),
    type: z.string(),
    category: z.literal('AI_MODEL'),
    restricted: z.boolean(),
    modelsCount: z.int(),
    ...sharedFields,
  })
  .meta({ id: 'IntegrationProvider' });
export type Provider = z.output<typeof Provider>;
export const ProviderList = z.array(Provider).meta({ id: 'IntegrationProviderList' });

export const Model = z
  .object({ api: z.string().describe('Name of the model.'), integrationName: z.string(), ...sharedFields })
  .meta({ id: 'IntegrationModel' });
export type Model = z.output<typeof Model>;
export const ModelList = z.array(Model).meta({ id: 'IntegrationModelList' });

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}
