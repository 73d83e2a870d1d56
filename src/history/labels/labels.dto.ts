import { z } from 'zod';
import { PathSegment, Text, Timestamp } from '../../common/http/scalars.js';
import { protocols } from '../../common/protocol.js';
import { PromptPath } from '../../prompts/prompts.dto.js';
import { Digest } from '../revisions/revisions.dto.js';
import { VersionNumber } from '../../prompts/version-number.js';

export const LabelItem = z
  .object({
    label: z.string().meta({ example: 'production' }),
    revision: z.int().nullable().describe('Number of the revision; null for a label that is protected but not set.'),
    digest: Digest.nullable(),
    moved_at: Timestamp.nullable(),
    moved_by: z.string().nullable(),
    protected: z.boolean(),
    writers: z.array(z.string()).describe('Who may move it, where it is protected.'),
  })
  .meta({ id: 'Label' });
export type LabelItem = z.output<typeof LabelItem>;

export const LabelList = z.object({ items: z.array(LabelItem) }).meta({ id: 'LabelList' });
export type LabelList = z.output<typeof LabelList>;

export const MoveLabel = z
  .object({
    revision: z.int().min(1).max(2_147_483_647).optional(),
    version: VersionNumber.optional(),
  })
  .refine(({ revision, version }) => (revision === undefined) !== (version === undefined), {
    error: 'must name a revision or a version, not both',
    path: ['revision'],
  })
  .meta({ id: 'MoveLabel', example: { revision: 1 } });
export type MoveLabel = z.output<typeof MoveLabel>;

export const LabelMove = z
  .object({
    from_revision: z.int().nullable(),
    to_revision: z.int().nullable().describe('Null if the label was removed.'),
    moved_at: Timestamp,
    moved_by: z.string(),
    protocol: z.enum(protocols),
  })
  .meta({ id: 'LabelMove' });
export type LabelMove = z.output<typeof LabelMove>;

export const LabelHistory = z
  .object({ items: z.array(LabelMove), next_cursor: z.string().nullable() })
  .meta({ id: 'LabelHistory' });
export type LabelHistory = z.output<typeof LabelHistory>;

export const LabelHistoryPage = z.object({
  cursor: Text.max(100).optional().describe('`next_cursor` of the page before.'),
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Most moves in the answer.'),
});
export type LabelHistoryPage = z.output<typeof LabelHistoryPage>;

export const ProtectLabel = z
  .object({ writers: z.array(Text.max(64)).max(100).describe('Names or ids of the users who may move it.') })
  .meta({ id: 'ProtectLabel', example: { writers: ['alice'] } });
export type ProtectLabel = z.output<typeof ProtectLabel>;

export const LabelPath = PromptPath.extend({
  label: PathSegment.describe('Name of the label.').meta({ example: 'production' }),
});
export type LabelPath = z.output<typeof LabelPath>;
