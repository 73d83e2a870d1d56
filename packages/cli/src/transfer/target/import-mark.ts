import { createHash } from 'node:crypto';
import type { JsonObject } from '@promptyard/template/json.js';
import type { SourcePrompt, SourceRevision } from '@promptyard/import/source.js';

/**
 * The origin of a revision, stored in its `meta.import`. It identifies imported revisions, and stores their original
 * time and author, which no server lets clients set.
 */
export interface ImportMark {
  readonly source: string;
  readonly from?: string;
  readonly id: string;
  readonly version: string;
  readonly author?: string;
  readonly at?: string;
  /** The digest of the source's content, to detect changes. */
  readonly digest: string;
}

export interface Origin {
  readonly kind: string;
  readonly from?: string | undefined;
}

export function createImportMark({ kind, from }: Origin, { id }: SourcePrompt, revision: SourceRevision): ImportMark {
  const { version, author, at, labels: _, conductorVersion: _integer, ...content } = revision;
  return {
    source: kind,
    ...(from !== undefined && { from }),
    id,
    version,
    ...(author !== undefined && { author }),
    ...(at !== undefined && { at }),
    digest: `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`,
  };
}

export function readImportMark(meta: JsonObject): ImportMark | undefined {
  const mark = meta['import'];
  if (typeof mark !== 'object' || mark === null || Array.isArray(mark)) return undefined;
  const { source, from, id, version, digest } = mark;
  if (typeof source !== 'string' || typeof id !== 'string' || typeof version !== 'string' || typeof digest !== 'string')
    return undefined;
  return { source, ...(typeof from === 'string' && { from }), id, version, digest };
}

export function isFromPrompt(mark: ImportMark, { kind, from }: Origin, id: string): boolean {
  return mark.source === kind && mark.from === from && mark.id === id;
}

/** The commit message with the original version, time and author. */
export function messageOf({ kind }: Origin, { message, version, author, at }: SourceRevision): string {
  const by = author === undefined ? '' : ` by ${author}`;
  const when = at === undefined ? '' : ` at ${at}`;
  const imported = `Imported from ${kind}, version ${version}${by}${when}`;
  return message === '' ? imported : `${message.slice(0, 3000)}\n\n${imported}`;
}
