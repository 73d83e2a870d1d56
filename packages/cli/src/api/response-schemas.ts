import { z } from 'zod';

// The fields of the server's answers that the commands need. Unknown fields stay, so that `--json` shows them.

export const Me = z.looseObject({ username: z.string(), email: z.string().nullable(), role: z.string() });

export const Session = z.looseObject({ token: z.string() });

export const NewKey = z.looseObject({ id: z.string(), name: z.string(), key: z.string() });

export const PromptSummary = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  owner_username: z.string(),
  visibility: z.string(),
  tags: z.array(z.string()),
  download_count: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type PromptSummary = z.output<typeof PromptSummary>;

export const Prompt = PromptSummary.extend({ latest_version: z.string().nullable() });
export type Prompt = z.output<typeof Prompt>;

export const SearchResult = z.looseObject({ items: z.array(PromptSummary), limit: z.number(), offset: z.number() });

export const Version = z.looseObject({
  id: z.string(),
  version: z.string(),
  created_at: z.string(),
  sha256: z.string(),
  size: z.number(),
  yanked: z.boolean().optional(),
  yank_reason: z.string().nullish(),
  deprecated: z.string().nullish(),
});
export type Version = z.output<typeof Version>;

export const UploadedVersion = Version.extend({ warnings: z.array(z.string()).optional() });
export type UploadedVersion = z.output<typeof UploadedVersion>;

export const VersionPage = z.looseObject({ items: z.array(Version) });

export const Label = z.looseObject({
  label: z.string(),
  revision: z.number().nullable(),
  digest: z.string().nullable(),
  moved_at: z.string().nullable(),
  moved_by: z.string().nullable(),
  protected: z.boolean(),
  writers: z.array(z.string()),
});
export type Label = z.output<typeof Label>;

export const LabelList = z.looseObject({ items: z.array(Label) });

/** A variable with all properties that its author wrote. */
const Variable = z.object({ name: z.string(), required: z.boolean() }).catchall(z.json());

export const Resolved = z.looseObject({
  owner: z.string(),
  name: z.string(),
  number: z.number(),
  digest: z.string(),
  content: z.string(),
  syntax: z.enum(['braces', 'dollar']),
  variables: z.array(Variable),
  created_at: z.string(),
  labels: z.array(z.string()).optional(),
  resolved_by: z.looseObject({ label: z.string().optional(), version: z.string().optional() }),
});
export type Resolved = z.output<typeof Resolved>;

export const RevisionDiff = z.looseObject({
  from: z.number(),
  to: z.number(),
  unified: z.string(),
  variables: z.looseObject({
    added: z.array(Variable),
    removed: z.array(Variable),
    changed: z.array(z.looseObject({ name: z.string() })),
  }),
  settings: z.array(z.looseObject({ name: z.string() })),
});
export type RevisionDiff = z.output<typeof RevisionDiff>;

export const Downloads = z.looseObject({
  items: z.array(z.looseObject({ period: z.string(), downloads: z.number(), unique: z.number() })),
  total: z.number(),
});
export type Downloads = z.output<typeof Downloads>;

export const Rendered = z.looseObject({ text: z.string(), receipt: z.looseObject({ digest: z.string() }) });
export type Rendered = z.output<typeof Rendered>;
