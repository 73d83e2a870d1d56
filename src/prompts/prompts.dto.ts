import { z } from 'zod';
import { patchSchema } from '../common/http/patch.js';
import { PathSegment, Text, Timestamp, Uuid } from '../common/http/scalars.js';

/** A prompt's name on `/v1`: a slug. */
export const PromptName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be 1-64 of a-z, 0-9 and single hyphens, none at either end');
export const Description = Text.max(4000);
export const Title = Text.max(255);
const Tag = Text.min(1).max(100);
export const Tags = z
  .array(Tag)
  .max(50)
  .transform((tags) => [...new Set(tags)]);
/** Tags of a new prompt. The prompts.dev tool sends `null` if a manifest has none. */
export const NewTags = Tags.nullish().transform((tags) => tags ?? []);
const Visibility = z.enum(['public', 'private']);

export const CreatePrompt = z
  .object({
    name: PromptName,
    description: Description,
    tags: NewTags,
    visibility: Visibility.default('public'),
    owner: Text.max(64).optional().describe('Slug or id of the owner; the caller, if left out.'),
  })
  .meta({
    id: 'CreatePrompt',
    example: { name: 'code-review', description: 'Reviews a change like a careful colleague.', tags: ['engineering'] },
  });
export type CreatePrompt = z.output<typeof CreatePrompt>;

export const UpdatePrompt = patchSchema(
  {
    description: Description,
    title: Title.nullable(),
    tags: Tags,
    visibility: Visibility,
    enforce_variable_contract: z.boolean(),
  },
  { name: z.string().describe('May repeat the name of the prompt, and changes nothing.') },
).meta({ id: 'UpdatePrompt', example: { description: 'Reviews a change.', visibility: 'private' } });
export type UpdatePrompt = z.output<typeof UpdatePrompt>;

const promptFields = {
  id: Uuid,
  name: z.string(),
  description: z.string(),
  owner_id: Uuid,
  owner_username: z.string(),
  visibility: Visibility,
  tags: z.array(z.string()),
  download_count: z.int(),
  created_at: Timestamp,
  updated_at: Timestamp,
};

export const PromptSummary = z.object(promptFields).meta({ id: 'PromptSummary' });
export type PromptSummary = z.output<typeof PromptSummary>;

export const PromptDetails = z
  .object({
    ...promptFields,
    title: z.string().nullable(),
    enforce_variable_contract: z.boolean(),
    latest_version: z.string().nullable().describe('Highest stable version, or null.'),
  })
  .meta({ id: 'Prompt' });
export type PromptDetails = z.output<typeof PromptDetails>;

export const PromptId = PathSegment.describe('Id of the prompt.');

export const PromptPath = z.object({
  owner: PathSegment.describe('Slug or id of the owner.'),
  name: PathSegment.describe('Name of the prompt.'),
});
export type PromptPath = z.output<typeof PromptPath>;

export const SearchPrompts = z.object({
  q: Text.max(1000).optional().describe('Words that must all occur.'),
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Most prompts in the answer.'),
  offset: z.coerce.number().int().min(0).max(100_000).default(0).describe('How many prompts to leave out first.'),
  owner: Text.max(64).optional().describe('Slug or id of an owner.'),
  tag: Text.max(100).optional().describe('A whole tag.'),
  sort: z
    .enum(['relevance', 'newest', 'updated', 'downloads', 'name'])
    .optional()
    .describe('By relevance with `q`, newest first without, if left out.'),
});
export type SearchPrompts = z.output<typeof SearchPrompts>;

export const SearchResult = z
  .object({ items: z.array(PromptSummary), query: z.string(), limit: z.int(), offset: z.int() })
  .meta({ id: 'SearchResult' });
export type SearchResult = z.output<typeof SearchResult>;
