import { Injectable } from '@nestjs/common';
import type { Guarded } from '../auth/access/access-policy.js';
import type { Caller } from '../auth/access/principal.js';
import type { Answer } from '../common/http/answer.js';
import { type GuardedRow, toGuarded } from '../prompts/guarded-prompt.queries.js';
import { PublicReadCache } from '../prompts/public-read-cache.js';
import { type Deprecation, toDeprecation } from '../history/releases/deprecation.js';
import type { VersionCursor } from './version-cursor.js';
import type { Version } from './version.entity.js';
import { downloadableVersion, versionByNumber, versionPage } from './versions.queries.js';

/** A version as it is read: with what was said of it since it was published. */
export interface VersionRecord extends Pick<Version, 'id' | 'promptId' | 'version' | 'objectKey' | 'sha256' | 'size'> {
  readonly createdAt: Date | string;
  readonly yanked: boolean;
  readonly yankReason: string | null;
  readonly deprecated: string | null;
}

export type ListedVersion = VersionRecord & VersionCursor;

export interface VersionDetailsRecord extends VersionRecord, Pick<Version, 'manifest' | 'readme' | 'files'> {
  /** Number of the revision that it is. */
  readonly revision: number | null;
}

export interface DownloadableVersion {
  readonly id: string;
  readonly objectKey: string;
  readonly deprecation: Deprecation | undefined;
}

/** The guarded columns of a prompt with the result for its versions. */
export interface Found<T> {
  readonly guarded: Guarded;
  readonly found: T;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: VersionCursor | undefined;
}

export type PageWriter = (versions: readonly ListedVersion[]) => Answer<Buffer>;

interface PromptPath {
  readonly owner: string;
  readonly name: string;
}

// Without a version all of its columns are null.
type Row<Columns> = GuardedRow & ({ id: null } | (Columns & { id: string }));
type VersionRow = Omit<VersionRecord, 'promptId'>;
type PageRow = Row<VersionRow & VersionCursor>;
type DetailsRow = Row<Omit<VersionDetailsRecord, 'promptId'>>;
type DownloadRow = Row<{ objectKey: string; deprecated: string | null; deprecatedAt: string | null }>;

/** Reads versions by the path of their prompt, together with what the access policy asks of it. */
@Injectable()
export class VersionReader {
  constructor(private readonly reads: PublicReadCache) {}

  /**
   * Newest first, up to `limit` behind the cursor, as `write` makes an answer of them. The answer is cached, not the
   * versions, so it must depend on nothing else than them and the path.
   * @throws PromptNotFound, also where the caller may not read it
   */
  page(path: PromptPath, caller: Caller, { limit, cursor }: PageRequest, write: PageWriter) {
    const values = [cursor?.createdAt ?? null, cursor?.sequence ?? null, limit];
    const statement = { name: 'version-page', text: versionPage };
    return this.reads.read({ statement, path, values }, caller, (rows: readonly [PageRow, ...PageRow[]]) =>
      toPage(rows, write),
    );
  }

  /** Whether what was found is what the caller would find now. */
  isCurrentFor(found: Found<unknown>, caller: Caller): boolean {
    return this.reads.isCurrentFor(found, caller);
  }

  /** @throws PromptNotFound, also where the caller may not read it */
  find(path: PromptPath, version: string, caller: Caller) {
    const statement = { name: 'version', text: versionByNumber };
    return this.reads.read({ statement, path, values: [version] }, caller, toDetails);
  }

  /** @throws PromptNotFound, also where the caller may not read it */
  findDownloadable(path: PromptPath, version: string, caller: Caller) {
    const statement = { name: 'downloadable-version', text: downloadableVersion };
    return this.reads.read({ statement, path, values: [version] }, caller, toDownloadable);
  }
}

function toPage(rows: readonly [PageRow, ...PageRow[]], write: PageWriter): Found<Answer<Buffer>> & { bytes: number } {
  const versions = rows.flatMap((row): ListedVersion[] =>
    row.id === null ? [] : [{ ...toRecord(row, row.prompt_id), createdAt: row.createdAt, sequence: row.sequence }],
  );
  const found = write(versions);
  return { guarded: toGuarded(rows[0]), found, bytes: found.body.byteLength };
}

function toDetails([row]: readonly [DetailsRow, ...DetailsRow[]]): Found<VersionDetailsRecord | undefined> {
  const guarded = toGuarded(row);
  if (row.id === null) return { guarded, found: undefined };
  const { manifest, readme, files, revision } = row;
  return { guarded, found: { ...toRecord(row, row.prompt_id), manifest, readme, files, revision } };
}

function toRecord(row: VersionRow, promptId: string): VersionRecord {
  const { id, version, objectKey, sha256, size, createdAt, yanked, yankReason, deprecated } = row;
  return { id, promptId, version, objectKey, sha256, size, createdAt, yanked, yankReason, deprecated };
}

function toDownloadable([row]: readonly [DownloadRow, ...DownloadRow[]]): Found<DownloadableVersion | undefined> {
  const guarded = toGuarded(row);
  if (row.id === null) return { guarded, found: undefined };
  const { id, objectKey, deprecated, deprecatedAt } = row;
  return { guarded, found: { id, objectKey, deprecation: toDeprecation(deprecated, deprecatedAt) } };
}
