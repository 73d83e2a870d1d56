import { z } from 'zod';
import { Text } from '../../../../common/http/scalars.js';

/** A tag of a prompt, which is one text on the other protocols: `key:value`, or `key` without a value. */
export const TemplateTag = z
  .object({
    key: Text.max(100)
      .refine((key) => !key.includes(':'), 'must hold no colon')
      .meta({ example: 'team' }),
    value: Text.max(100)
      .nullish()
      .transform((value) => value ?? '')
      .meta({ example: 'support' }),
    type: z
      .string()
      .max(100)
      .nullish()
      .describe('Every tag is answered as `METADATA`, the type that all clients read.'),
  })
  .meta({ id: 'ConductorTagWish' });
export type TemplateTag = Pick<z.output<typeof TemplateTag>, 'key' | 'value'>;

export const TemplateTags = z
  .array(TemplateTag)
  .max(100)
  .meta({ id: 'ConductorTagWishes', example: [{ key: 'team', value: 'support' }] });
export type TemplateTags = readonly TemplateTag[];

export const ShownTag = z
  .object({ key: z.string(), value: z.string(), type: z.literal('METADATA') })
  .meta({ id: 'ConductorTag' });
export type ShownTag = z.output<typeof ShownTag>;

export const TagList = z.array(ShownTag).meta({ id: 'ConductorTagList' });

export function readTag(tag: string): ShownTag {
  const colon = tag.indexOf(':');
  const [key, value] = colon < 0 ? [tag, ''] : [tag.slice(0, colon), tag.slice(colon + 1)];
  return { key, value, type: 'METADATA' };
}

/** The tags and, behind them, those that are not among them yet. */
export function tagsWith(tags: readonly string[], added: TemplateTags): string[] {
  const missing = added.filter((wanted) => !tags.some((tag) => isSame(readTag(tag), wanted)));
  return [...tags, ...new Set(missing.map(writeTag))];
}

export function tagsWithout(tags: readonly string[], removed: TemplateTags): string[] {
  return tags.filter((tag) => !removed.some((unwanted) => isSame(readTag(tag), unwanted)));
}

function writeTag({ key, value }: TemplateTag): string {
  return value === '' ? key : `${key}:${value}`;
}

function isSame(one: TemplateTag, other: TemplateTag): boolean {
  return one.key === other.key && one.value === other.value;
}
