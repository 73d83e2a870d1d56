import { z } from 'zod';
import { PathSegment, Text } from '../../../common/http/scalars.js';
import { pageNumber } from '../page-number.js';
import { PromptAccessModel } from '../prompt-model.js';

const lastValue = (value: unknown) => (Array.isArray(value) ? (value as unknown[]).at(-1) : value);
/** The last value of a repeated parameter counts; an empty one counts as missing. */
const OptionalText = z
  .preprocess(lastValue, Text)
  .transform((text) => (text === '' ? undefined : text))
  .optional();

export const CommandSearch = z.object({
  query: OptionalText.describe('Occurs in the name, the command, the live text or the name or email of who made it.'),
  view_option: OptionalText.describe('`created`: only the caller’s own; `shared`: only other users’.'),
  tag: OptionalText.describe('One of its tags, in any case.'),
  order_by: OptionalText.describe('`name`, `created_at` or `updated_at`; anything else is newest update first.'),
  direction: OptionalText.describe('`asc`; anything else is descending.'),
  page: z.preprocess(lastValue, pageNumber(1)).meta({
    type: 'integer',
    default: 1,
    description: 'The page of 30; 1 is the first page, and lower numbers mean 1.',
  }),
});
export type CommandSearch = z.output<typeof CommandSearch>;

export const CommandId = z.object({ id: PathSegment.describe('Id of the prompt.') });
export type CommandId = z.output<typeof CommandId>;

export const CommandName = z.object({ command: PathSegment.describe('What the prompt is called by.') });
export type CommandName = z.output<typeof CommandName>;

export const Tags = z.array(z.string()).meta({ id: 'OpenWebUiTags' });

export const FoundCommands = z
  .object({
    items: z.array(PromptAccessModel),
    total: z.int().describe('How many there are on all pages.'),
  })
  .meta({ id: 'OpenWebUiFoundPrompts' });
