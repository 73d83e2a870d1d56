import type { JsonObject } from '@promptyard/template/json.js';
import { z } from 'zod';

// The server's answers for a revision and for a label's moves, which an archive contains unchanged.

const Json = z.record(z.string(), z.json()).transform((value): JsonObject => value);

export const StoredRevision = z.looseObject({
  number: z.number(),
  digest: z.string(),
  content: z.string(),
  syntax: z.enum(['braces', 'dollar']),
  title: z.string().nullable(),
  description: z.string().nullable(),
  variables: z.array(Json),
  settings: Json,
  data: Json,
  meta: Json,
  tags: z.array(z.string()),
  readme: z.string().nullable(),
  commit_message: z.string(),
  author: z.string(),
  parent: z.number().nullable(),
  created_at: z.string(),
});
export type StoredRevision = z.output<typeof StoredRevision>;

export const LabelMove = z.looseObject({
  from_revision: z.number().nullable(),
  to_revision: z.number().nullable(),
  moved_at: z.string(),
  moved_by: z.string(),
});
export type LabelMove = z.output<typeof LabelMove>;
