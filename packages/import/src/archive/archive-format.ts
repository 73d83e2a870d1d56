import { z } from 'zod';
import { LabelMove, StoredRevision } from './stored-history.js';

// The archive is a .tar.gz. Its first file is `export.json`. For each prompt there is `prompt.json`, then its
// revisions, lowest number first, each followed by the packages that were published from it. The last file is
// `manifest.json` with the digest of every file.

export const exportFormat = 'promptyard-export';
export const headerFile = 'export.json';
export const manifestFile = 'manifest.json';
/** Above the size of any valid file: a revision's texts have at most 1 MiB each, a package 10 MiB. */
export const maxFileBytes = 64 * 1024 * 1024;

export const ExportHeader = z.looseObject({
  format: z.literal(exportFormat),
  version: z.literal(1),
  owner: z.string(),
  prompts: z.number().int(),
});
export type ExportHeader = z.output<typeof ExportHeader>;

export const ExportManifest = z.looseObject({
  files: z.array(z.looseObject({ path: z.string(), size: z.number(), sha256: z.string() })),
});

export const ExportedLabel = z.looseObject({
  label: z.string(),
  revision: z.number().nullable(),
  protected: z.boolean(),
  writers: z.array(z.string()),
  /** Oldest first. */
  moves: z.array(LabelMove),
});
export type ExportedLabel = z.output<typeof ExportedLabel>;

export const ExportedVersion = z.looseObject({
  version: z.string(),
  revision: z.number().nullable(),
  sha256: z.string(),
  created_at: z.string(),
  yanked: z.boolean().optional(),
  yank_reason: z.string().nullish(),
  deprecated: z.string().nullish(),
});
export type ExportedVersion = z.output<typeof ExportedVersion>;

export const ExportedPrompt = z.looseObject({
  name: z.string(),
  title: z.string().nullable(),
  description: z.string(),
  tags: z.array(z.string()),
  visibility: z.enum(['public', 'private']),
  enforce_variable_contract: z.boolean(),
  grants: z.array(z.object({ principal_type: z.string(), principal: z.string(), permission: z.string() })),
  labels: z.array(ExportedLabel),
  versions: z.array(ExportedVersion),
});
export type ExportedPrompt = z.output<typeof ExportedPrompt>;

export const ExportedRevision = StoredRevision;
export type ExportedRevision = z.output<typeof ExportedRevision>;

export interface ArchiveFile {
  readonly path: string;
  readonly bytes: Buffer;
}

export type EntryKind =
  | { readonly kind: 'prompt' | 'revision'; readonly prompt: string }
  | { readonly kind: 'package'; readonly prompt: string; readonly version: string };

export function promptFolder(index: number): string {
  return `prompts/${String(index).padStart(6, '0')}`;
}

export function revisionPath(folder: string, number: number): string {
  return `${folder}/revisions/${String(number).padStart(8, '0')}.json`;
}

export function packagePath(folder: string, version: string): string {
  return `${folder}/packages/${version}.tar.gz`;
}

const entryPattern = /^(prompts\/\d+)\/(?:(prompt)\.json|(revisions)\/\d+\.json|packages\/(\d+\.\d+\.\d+)\.tar\.gz)$/;

/** Undefined for a path that no export contains. */
export function readPath(path: string): EntryKind | undefined {
  const [, prompt, isPrompt, isRevision, version] = entryPattern.exec(path) ?? [];
  if (prompt === undefined) return undefined;
  if (version !== undefined) return { kind: 'package', prompt, version };
  return isPrompt === undefined && isRevision === undefined
    ? undefined
    : { kind: isPrompt === undefined ? 'revision' : 'prompt', prompt };
}
