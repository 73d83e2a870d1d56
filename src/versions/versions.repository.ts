import { Injectable } from '@nestjs/common';
import type { Guarded } from '../auth/access/access-policy.js';
import type { Caller } from '../auth/access/principal.js';
import { Database } from '../database/database.js';
import { toRfc3339 } from '../database/timestamps.js';
import { guardedByPath, guardedColumns, type GuardedRow, toGuarded } from '../prompts/guarded-prompt.js';
import { PublicReads } from '../prompts/public-reads.js';
import { type Deprecation, toDeprecation } from '../prompts/releases/deprecation.js';
import { numbersOf } from '../prompts/releases/version-number.js';
import type { PackageContents } from './package/package-contents.js';
import type { VersionCursor } from './version-cursor.js';
import type { PromptPath, VersionDetails, VersionItem } from './versions.dto.js';

interface VersionRow {
  id: string;
  prompt_id: string;
  version: string;
  object_key: string;
  sha256: string;
  size: number;
  created_at: string;
  yanked: boolean | null;
  yank_reason: string | null;
  deprecated: string | null;
}

export interface ListedVersion {
  readonly item: VersionItem;
  readonly cursor: VersionCursor;
}

/** A prompt's guard together with what was asked about its versions. */
export interface Found<T> {
  readonly guarded: Guarded;
  readonly found: T;
}

export interface DownloadableVersion {
  readonly id: string;
  readonly objectKey: string;
  readonly deprecation: Deprecation | undefined;
}

/** An immutable release of a prompt. Its row exists only once all of its bytes are in the store. */
export interface NewVersion extends Pick<PackageContents, 'manifest' | 'readme' | 'files'> {
  readonly id: string;
  readonly promptId: string;
  readonly version: string;
  /** Key of the object in the store; written once, never derived again. */
  readonly objectKey: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly createdBy: string;
}

// Without a version all of its columns are null.
type PageRow = GuardedRow & ({ id: null } | (VersionRow & { sequence: string }));
type DetailsRow = GuardedRow &
  ({ id: null } | (VersionRow & Pick<PackageContents, 'manifest' | 'readme' | 'files'> & { revision: number | null }));
type DownloadRow = GuardedRow &
  ({ id: null } | { id: string; object_key: string; deprecated: string | null; deprecated_at: string | null });

const columns = `v.id, v.version, v.object_key, v.sha256, v.size, v.created_at, e.yanked, e.yank_reason, e.deprecated`;
const release = 'left join release e on e.prompt_id = v.prompt_id and e.version = v.version';

// Written by hand: each answers a hot read with one statement, the access question included. The lateral join keeps
// a prompt without versions in the result.
export const versionPage = {
  name: 'version-page',
  text: `with g as (select ${guardedColumns} ${guardedByPath})
         select g.*, ${columns}, v.sequence::text from g left join lateral (
           select * from version v where v.prompt_id = g.prompt_id
             and ($5::timestamptz is null or (v.created_at, v.sequence) < ($5, $6::bigint))
           order by v.created_at desc, v.sequence desc limit $7
         ) v on true ${release} order by v.created_at desc, v.sequence desc`,
};
const one = {
  name: 'version',
  text: `with g as (select ${guardedColumns} ${guardedByPath})
         select g.*, ${columns}, v.manifest, v.readme, v.files, e.revision
         from g left join version v on v.prompt_id = g.prompt_id and v.version = $5 ${release}`,
};
export const downloadableVersion = {
  name: 'downloadable-version',
  text: `with g as (select ${guardedColumns} ${guardedByPath})
         select g.*, v.id, v.object_key, e.deprecated, e.deprecated_at
         from g left join version v on v.prompt_id = g.prompt_id and v.version = $5 ${release}`,
};
const insert = {
  name: 'insert-version',
  text: `insert into version (
           id, prompt_id, version, major, minor, patch, object_key, sha256, size, manifest, readme, files, created_by, created_at
         ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
};
const digest = {
  name: 'version-digest',
  text: 'select sha256 from version where prompt_id = $1 and version = $2',
};

@Injectable()
export class VersionsRepository {
  constructor(
    private readonly database: Database,
    private readonly reads: PublicReads,
  ) {}

  /** Newest first, up to `limit` behind the cursor; undefined if there is no such prompt. */
  page(path: PromptPath, caller: Caller, limit: number, cursor?: VersionCursor) {
    const values = [cursor?.createdAt ?? null, cursor?.sequence ?? null, limit];
    return this.reads.read({ statement: versionPage, path, values }, caller, toPage);
  }

  find(path: PromptPath, version: string, caller: Caller) {
    return this.reads.read({ statement: one, path, values: [version] }, caller, toDetails);
  }

  findDownloadable(path: PromptPath, version: string, caller: Caller) {
    return this.reads.read({ statement: downloadableVersion, path, values: [version] }, caller, toDownloadable);
  }

  /** Digest of the version that already bears this number, if one does. */
  async digestOf(promptId: string, version: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ sha256: string }>(digest, [promptId, version]);
    return row?.sha256;
  }

  async insert(version: NewVersion): Promise<VersionItem> {
    const createdAt = new Date().toISOString();
    const { id, promptId, objectKey, sha256, size, readme } = version;
    const { major, minor, patch } = numbersOf(version.version);
    await this.database.query(insert, [
      ...[id, promptId, version.version, major, minor, patch, objectKey, sha256, size],
      ...[JSON.stringify(version.manifest), readme, JSON.stringify(version.files), version.createdBy, createdAt],
    ]);
    const item = { id, prompt_id: promptId, version: version.version, tarball_url: objectKey };
    return { ...item, created_at: createdAt, sha256, size };
  }
}

function toPage(rows: readonly [PageRow, ...PageRow[]]): Found<readonly ListedVersion[]> {
  const found = rows.flatMap((row): ListedVersion[] =>
    row.id === null ? [] : [{ item: toItem(row), cursor: { createdAt: row.created_at, sequence: row.sequence } }],
  );
  return { guarded: toGuarded(rows[0]), found };
}

function toDetails([row]: readonly [DetailsRow, ...DetailsRow[]]): Found<VersionDetails | undefined> {
  const guarded = toGuarded(row);
  if (row.id === null) return { guarded, found: undefined };
  const { manifest, readme, files, revision } = row;
  return { guarded, found: { ...toItem(row), manifest, readme: readme ?? null, files, revision } };
}

function toItem(row: VersionRow): VersionItem {
  return {
    id: row.id,
    prompt_id: row.prompt_id,
    version: row.version,
    tarball_url: row.object_key,
    created_at: toRfc3339(row.created_at),
    sha256: row.sha256,
    size: row.size,
    ...(row.yanked ? { yanked: true as const, yank_reason: row.yank_reason } : {}),
    ...(row.deprecated === null ? {} : { deprecated: row.deprecated }),
  };
}

function toDownloadable([row]: readonly [DownloadRow, ...DownloadRow[]]): Found<DownloadableVersion | undefined> {
  const guarded = toGuarded(row);
  if (row.id === null) return { guarded, found: undefined };
  const { id, object_key: objectKey, deprecated, deprecated_at: since } = row;
  return { guarded, found: { id, objectKey, deprecation: toDeprecation(deprecated, since) } };
}
