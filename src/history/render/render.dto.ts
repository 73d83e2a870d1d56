import { z } from 'zod';
import { Timestamp } from '../../common/http/scalars.js';
import { bodySelectorFields, checkSelector } from '../resolve/selector.js';
import { Digest } from '../revisions/revisions.dto.js';

export const RenderPrompt = z
  .object({
    ...bodySelectorFields,
    expect: Digest.optional().describe('The only digest that the revision may have.'),
    variables: z.record(z.string(), z.unknown()).default({}).describe('Texts, numbers, true or false, by name.'),
    strict: z.boolean().default(false).describe('Refuse values that no variable takes.'),
  })
  .check(checkSelector)
  .meta({ id: 'RenderPrompt', example: { label: 'production', variables: { customer: 'Ada' } } });
export type RenderPrompt = z.output<typeof RenderPrompt>;

export const RenderedPart = z
  .object({ owner: z.string(), name: z.string(), label: z.string().nullable(), revision: z.int(), digest: Digest })
  .meta({ id: 'RenderedPart' });
export type RenderedPart = z.output<typeof RenderedPart>;

export const Rendered = z
  .object({
    text: z.string(),
    receipt: z
      .object({
        ...RenderedPart.shape,
        variables: z.array(z.string()).describe('Names of the variables that were filled in.'),
        parts: z.array(RenderedPart).describe('What was included, each once.'),
        output_digest: Digest.describe('Of the text, as UTF-8.'),
        rendered_at: Timestamp,
      })
      .meta({ id: 'Receipt' }),
  })
  .meta({ id: 'Rendered' });
export type Rendered = z.output<typeof Rendered>;
