import { guardedByPath, guardedColumns } from '../../prompts/guarded-prompt.queries.js';
import { publicStatement } from '../../prompts/public-read-cache.js';
import { labelsOfRevision, revisionColumns } from '../revisions/revisions.queries.js';

/**
 * Columns of the revision `r` that a prompt was resolved to, and what has to be joined for them. Of several versions of one
 * revision, the one that was asked for says whether it is deprecated; without one, the highest.
 */
const resolvedColumns = `${revisionColumns}, ${labelsOfRevision}, d.deprecated, d.deprecated_at as "deprecatedAt"`;
const resolvedJoins = `left join owner a on a.id = r.author_id
  left join lateral (
    select deprecated, deprecated_at from release where prompt_id = r.prompt_id and revision = r.number
    order by version is not distinct from t.version desc, major desc, minor desc, patch desc limit 1
  ) d on true`;

/** `t` finds the number of the revision. A prompt where it finds none is still in the result. */
function resolving(name: string, target: string) {
  return publicStatement(
    `resolve-${name}`,
    `with g as (select ${guardedColumns}, o.slug as owner, p.name ${guardedByPath})
     select g.*, t.version, ${resolvedColumns}
     from g left join lateral (${target}) t on true
     left join revision r on r.prompt_id = g.prompt_id and r.number = t.revision ${resolvedJoins}`,
  );
}

// By hand: a hot read: one statement answers each kind, the access question included.
export const statements = {
  label: resolving('label', 'select revision, null as version from label where prompt_id = g.prompt_id and name = $5'),
  labelAt: resolving(
    'label-at',
    `select to_revision as revision, null as version from label_move
     where prompt_id = g.prompt_id and label = $5 and moved_at <= $6 order by moved_at desc, sequence desc limit 1`,
  ),
  latest: resolving(
    'latest',
    `select number as revision, null as version from revision
     where prompt_id = g.prompt_id and created_at <= coalesce($5, 'infinity'::timestamptz)
     order by created_at desc, number desc limit 1`,
  ),
  revision: resolving('revision', 'select $5::int as revision, null as version'),
  version: resolving('version', 'select revision, version from release where prompt_id = g.prompt_id and version = $5'),
  range: resolving(
    'range',
    `select revision, version from release
     where prompt_id = g.prompt_id and not yanked and exists (
       select from unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
         as i (from_major, from_minor, from_patch, to_major, to_minor, to_patch)
       where (major, minor, patch) >= (from_major, from_minor, from_patch)
         and (major, minor, patch) < (to_major, to_minor, to_patch))
     order by major desc, minor desc, patch desc limit 1`,
  ),
};
