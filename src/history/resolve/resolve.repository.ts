import { Injectable } from '@nestjs/common';
import type { Guarded } from '../../auth/access/access-policy.js';
import type { Caller } from '../../auth/access/principal.js';
import { guardedByPath, guardedColumns, type GuardedRow, toGuarded } from '../../prompts/guarded-prompt.js';
import { latest } from '../labels/label-name.js';
import { type Deprecation, toDeprecation } from '../releases/deprecation.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import { labelsOfRevision, revisionColumns, type RevisionRow, toRevision } from '../revisions/revision-row.js';
import { PublicReadCache } from '../../prompts/public-read-cache.js';
import type { RevisionItem } from '../revisions/revisions.dto.js';
import type { Selector } from './selector.js';

/** A revision that a selector has found. */
export interface ResolvedRevision extends RevisionItem {
  readonly owner: string;
  readonly name: string;
  /** The version that a range found. */
  readonly version: string | null;
  /** The deprecation of the highest version that points to this revision. */
  readonly deprecation: Deprecation | undefined;
}

export interface ResolvedPrompt {
  readonly guarded: Guarded;
  readonly revision: ResolvedRevision | undefined;
}

export interface ResolvedRow extends GuardedRow {
  readonly owner: string;
  readonly name: string;
  readonly found_version: string | null;
  readonly deprecated: string | null;
  readonly deprecated_at: string | null;
}

/** Without a revision all of its columns are null. */
export type FoundRow = ResolvedRow & ({ id: null } | (RevisionRow & { labels: string[] }));

/** The columns and joins of a prompt `g` with its resolved revision `r`. */
export const resolvedColumns = `${revisionColumns}, ${labelsOfRevision}, d.deprecated, d.deprecated_at`;
export const resolvedJoins = `left join owner a on a.id = r.author_id
  left join lateral (
    select deprecated, deprecated_at from release where prompt_id = r.prompt_id and revision = r.number
    order by major desc, minor desc, patch desc limit 1
  ) d on true`;

// One statement answers each kind of read, including the columns of the access policy. `t` finds the number of the
// revision. A prompt without a matching revision is still in the result.
function resolving(name: string, target: string) {
  return {
    name: `resolve-${name}`,
    text: `with g as (select ${guardedColumns}, o.slug as owner, p.name ${guardedByPath})
           select g.*, t.found_version, ${resolvedColumns}
           from g left join lateral (${target}) t on true
           left join revision r on r.prompt_id = g.prompt_id and r.number = t.revision ${resolvedJoins}`,
  };
}

export const statements = {
  label: resolving(
    'label',
    'select revision, null as found_version from label where prompt_id = g.prompt_id and name = $5',
  ),
  labelAt: resolving(
    'label-at',
    `select to_revision as revision, null as found_version from label_move
     where prompt_id = g.prompt_id and label = $5 and moved_at <= $6 order by moved_at desc, sequence desc limit 1`,
  ),
  latest: resolving(
    'latest',
    `select number as revision, null as found_version from revision
     where prompt_id = g.prompt_id and created_at <= coalesce($5, 'infinity'::timestamptz)
     order by created_at desc, number desc limit 1`,
  ),
  revision: resolving('revision', 'select $5::int as revision, null as found_version'),
  version: resolving(
    'version',
    'select revision, version as found_version from release where prompt_id = g.prompt_id and version = $5',
  ),
  range: resolving(
    'range',
    `select revision, version as found_version from release
     where prompt_id = g.prompt_id and not yanked and exists (
       select from unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
         as i (from_major, from_minor, from_patch, to_major, to_minor, to_patch)
       where (major, minor, patch) >= (from_major, from_minor, from_patch)
         and (major, minor, patch) < (to_major, to_minor, to_patch))
     order by major desc, minor desc, patch desc limit 1`,
  ),
};

/** Reads what a selector points to, with one statement. */
@Injectable()
export class ResolveRepository {
  constructor(private readonly reads: PublicReadCache) {}

  /** Undefined if the prompt does not exist. */
  async find(path: PromptPath, selector: Selector, caller: Caller): Promise<ResolvedPrompt | undefined> {
    const [statement, ...values] = statementFor(selector);
    return this.reads.read({ statement, path, values }, caller, ([row]: readonly [FoundRow, ...FoundRow[]]) =>
      toResolved(row),
    );
  }
}

function statementFor(selector: Selector): [(typeof statements)[keyof typeof statements], ...unknown[]] {
  switch (selector.kind) {
    case 'label':
      if (selector.label === latest) return [statements.latest, selector.at ?? null];
      return selector.at ? [statements.labelAt, selector.label, selector.at] : [statements.label, selector.label];
    case 'revision':
      return [statements.revision, selector.revision];
    case 'version':
      return [statements.version, selector.version];
    case 'range': {
      const bounds = selector.intervals.map(({ from, to }) => [...from, ...to]);
      return [statements.range, ...[0, 1, 2, 3, 4, 5].map((column) => bounds.map((bound) => bound[column]))];
    }
  }
}

export function toResolved(row: FoundRow): ResolvedPrompt {
  const guarded = toGuarded(row);
  if (row.id === null) return { guarded, revision: undefined };
  const { owner, name, found_version: version, labels, deprecated, deprecated_at: since } = row;
  return {
    guarded,
    revision: { owner, name, ...toRevision(row), labels, version, deprecation: toDeprecation(deprecated, since) },
  };
}
