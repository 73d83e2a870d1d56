import { z } from 'zod';
import type { JsonObject } from '@promptyard/template/json.js';
import type { TemplateVariable } from '@promptyard/template/template-variable.js';
import { isVariableName } from '@promptyard/template/variable-name.js';
import { isStorableJson, JsonRecord } from '../../common/http/json-scalars.js';
import { PathSegment, Text, Timestamp, Uuid } from '../../common/http/scalars.js';
import { LabelName } from '../pointers/label-name.js';
import { Description, PromptPath, Tags, Title } from '../../prompts/prompts.dto.js';

export const maxContentBytes = 1_048_576;
const maxVariables = 10_000;

/** The text of a template: at most 1 MiB of UTF-8. */
export const Content = Text.refine(
  (text) => text.length <= maxContentBytes && Buffer.byteLength(text) <= maxContentBytes,
  `must be at most ${maxContentBytes} bytes`,
);
export const Syntax = z.enum(['braces', 'dollar']);

const variableExample = { name: 'customer', type: 'text', required: true };

const DeclaredVariable = z
  .looseObject({
    name: z.string().refine(isVariableName, 'is no name of a variable'),
    required: z.boolean().default(false),
  })
  .refine((variable) => isStorableJson(variable), 'must be JSON of few levels, without NUL characters')
  .transform((variable) => variable as unknown as TemplateVariable);

const DeclaredVariables = z
  .array(DeclaredVariable)
  .max(maxVariables)
  .refine((variables) => new Set(variables.map(({ name }) => name)).size === variables.length, 'names one twice');

export const CommitMessage = Text.max(4000);

export const CreateRevision = z
  .object({
    content: Content,
    syntax: Syntax.optional().describe('That of the newest revision, or `braces`, if left out.'),
    title: Title.nullish(),
    description: Description.nullish(),
    tags: Tags.nullish(),
    data: JsonRecord.nullish(),
    meta: JsonRecord.nullish(),
    settings: JsonRecord.nullish().describe('How the model is to be asked.'),
    variables: DeclaredVariables.nullish().describe('What the text uses besides is added.'),
    readme: Text.max(maxContentBytes).nullish(),
    commit_message: CommitMessage.default(''),
    labels: z.array(LabelName).max(20).default([]).describe('Labels that are to point to the revision.'),
    expected_revision: z
      .int()
      .min(0)
      .optional()
      .describe('Number of the newest revision; 0 if there is none. If it differs: 412.'),
  })
  .meta({
    id: 'CreateRevision',
    example: { content: 'Answer {{customer}} kindly.', commit_message: 'Kinder', labels: ['staging'] },
  });
export type CreateRevision = z.output<typeof CreateRevision>;

export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')
  .meta({ example: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' });

/** A revision as every answer shows it. Its digest can be computed from this: docs/build/digest.md. */
export const revisionFields = {
  number: z.int().meta({ example: 7 }),
  id: Uuid,
  digest: Digest,
  content: z.string(),
  syntax: Syntax,
  title: z.string().nullable(),
  description: z.string().nullable(),
  variables: z.array(z.looseObject({ name: z.string(), required: z.boolean() })).meta({ example: [variableExample] }),
  settings: z.record(z.string(), z.unknown()),
  data: z.record(z.string(), z.unknown()),
  meta: z.record(z.string(), z.unknown()),
  tags: z.array(z.string()),
  packaging: Digest.nullable().describe('Digest of what only packages carry: author, README and unknown keys.'),
  commit_message: z.string(),
  author: z.string(),
  parent: z.int().nullable().describe('Number of the revision that this one was made from.'),
  created_at: Timestamp,
};

const labels = z.array(z.string()).describe('Labels that point to it.');

export const Revision = z.object({ ...revisionFields, labels }).meta({ id: 'Revision' });
export type RevisionItem = Omit<z.output<typeof Revision>, 'variables' | 'settings' | 'data' | 'meta'> & {
  readonly variables: readonly TemplateVariable[];
  readonly settings: JsonObject;
  readonly data: JsonObject;
  readonly meta: JsonObject;
};

export const RevisionDetails = z
  .object({ ...revisionFields, labels, readme: z.string().nullable() })
  .meta({ id: 'RevisionDetails' });
export type RevisionDetails = RevisionItem & { readonly readme: string | null };

export const RevisionList = z
  .object({ items: z.array(Revision), next_cursor: z.string().nullable() })
  .meta({ id: 'RevisionList' });
export interface RevisionList {
  readonly items: readonly RevisionItem[];
  readonly next_cursor: string | null;
}

export const RevisionPage = z.object({
  cursor: Text.max(100).optional().describe('`next_cursor` of the page before.'),
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Most revisions in the answer.'),
});
export type RevisionPage = z.output<typeof RevisionPage>;

export const RevisionPath = PromptPath.extend({
  number: PathSegment.describe('Number of the revision.').meta({ example: '7' }),
});
export type RevisionPath = z.output<typeof RevisionPath>;
