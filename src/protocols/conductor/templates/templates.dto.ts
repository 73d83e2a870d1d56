import { z } from 'zod';
import { Text } from '../../../common/http/scalars.js';
import { Description } from '../../../prompts/prompts.dto.js';
import { maxConductorVersion } from '../../../history/pointers/conductor-versions.service.js';
import { TemplateName } from './template-name.js';

const maxModels = 100;
const maxTemplates = 1000;
const maxInteger = 2_147_483_647;

const digits = (highest: number) =>
  z
    .string()
    .refine(
      (text) => /^[1-9]\d{0,9}$/.test(text) && Number(text) <= highest,
      `must be a whole number from 1 to ${highest}`,
    )
    .transform(Number)
    .meta({ type: 'integer', minimum: 1, maximum: highest, example: 1 });

export const TemplatePath = z.object({ name: TemplateName.describe('Name of the prompt.') });
export type TemplatePath = z.output<typeof TemplatePath>;

export const TemplateVersionPath = TemplatePath.extend({
  version: digits(maxInteger).describe('Version of the prompt.'),
});
export type TemplateVersionPath = z.output<typeof TemplateVersionPath>;

export const ReadTemplate = z.object({
  version: digits(maxInteger).optional().describe('The highest, if left out: that is the production text.'),
});
export type ReadTemplate = z.output<typeof ReadTemplate>;

/** Clients repeat the parameter, join the names with commas, or send an empty parameter. */
const Models = z
  .union([Text, z.array(Text)])
  .transform((given) => [...new Set([given].flat().flatMap((names) => names.split(',')))].filter((name) => name !== ''))
  .refine((models) => models.length <= maxModels, `must be at most ${maxModels} entries long`);

const savedVersion = digits(maxConductorVersion).optional();

export const SaveTemplate = z.object({
  description: Description.describe('What the prompt is for.'),
  models: Models.optional().describe('Models that it is for, as `provider:model`; may be repeated. Stay, if left out.'),
  version: savedVersion.describe('The version to save; the highest, if left out.'),
});
export type SaveTemplate = z.output<typeof SaveTemplate>;

export const CreateTemplate = SaveTemplate.extend({
  models: Models.optional().describe('Models that it is for, as `provider:model`; may be repeated.'),
  version: savedVersion.describe('The version to save; 1, if left out.'),
  autoIncrement: z
    .string()
    .regex(/^(true|false)$/i, 'must be true or false')
    .transform((text) => text.toLowerCase() === 'true')
    .optional()
    .describe('`true` in any case: a new version above the highest, whatever `version` says.'),
});
export type CreateTemplate = z.output<typeof CreateTemplate>;

/**
 * One problem for the whole list, because a thousand templates with a thousand invalid words would give a million
 * problems.
 */
const textList = (maxItems: number, maxLength: number) => {
  const Item = Text.max(maxLength);
  const isItem = (item: unknown) => Item.safeParse(item).success;
  const isList = (value: unknown) => Array.isArray(value) && value.length <= maxItems && value.every(isItem);
  const error = `must be a list of at most ${maxItems} texts of at most ${maxLength} characters`;
  const shape = { type: 'array', maxItems, items: { type: 'string', maxLength } } as const;
  return z.custom<string[]>(isList, { error }).meta(shape);
};

const BulkTemplate = z.object({
  name: TemplateName,
  template: z.string(),
  version: z.int().min(1).max(maxConductorVersion).nullish(),
  description: Description.nullish(),
  integrations: textList(maxModels, 1000).nullish(),
  temperature: z.number().nullish(),
  topP: z.number().nullish(),
  responseFormat: Text.max(10_000).nullish(),
  stopWords: textList(1000, 1000).nullish(),
});
export type BulkTemplate = z.output<typeof BulkTemplate>;

export const BulkTemplates = z
  .array(BulkTemplate)
  .max(maxTemplates)
  .meta({
    id: 'ConductorTemplates',
    example: [{ name: 'support-answer', template: 'Answer ${customer} kindly.', description: 'Answers customers.' }],
  });
export type BulkTemplates = z.output<typeof BulkTemplates>;
