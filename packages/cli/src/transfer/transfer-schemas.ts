import { LabelMove } from '@promptyard/import/archive/stored-history.js';
import { z } from 'zod';
import type { JsonObject } from '@promptyard/template/json.js';

// The fields of the server's answers that transfers need, besides api/response-schemas.ts.

const Json = z.record(z.string(), z.json()).transform((value): JsonObject => value);

export const RevisionSummary = z.looseObject({
  id: z.string(),
  number: z.number(),
  digest: z.string(),
  content: z.string(),
  commit_message: z.string(),
  meta: Json,
  created_at: z.string(),
});
export type RevisionSummary = z.output<typeof RevisionSummary>;

export const RevisionPage = z.looseObject({ items: z.array(RevisionSummary), next_cursor: z.string().nullable() });

export const LabelMovePage = z.looseObject({ items: z.array(LabelMove), next_cursor: z.string().nullable() });

export const GrantList = z.looseObject({
  items: z.array(z.looseObject({ principal_type: z.string(), name: z.string(), permission: z.string() })),
});

export const PromptDetails = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  title: z.string().nullable(),
  tags: z.array(z.string()),
  visibility: z.string(),
  enforce_variable_contract: z.boolean(),
});
export type PromptDetails = z.output<typeof PromptDetails>;

/** The id of a created resource. */
export const ResourceId = z.looseObject({ id: z.string() });
export const VersionRevision = z.looseObject({ revision: z.number().nullable() });
