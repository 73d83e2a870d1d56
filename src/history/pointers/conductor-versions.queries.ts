import type { JsonObject } from '@promptyard/template/json.js';
import { prepared } from '../../database/prepared-statements.js';
import { guardedByPath, guardedColumns } from '../../prompts/guarded-prompt.queries.js';
import { Parameters } from '../../prompts/search/parameters.js';
import { type VisibilityScope, visibleIn } from '../../prompts/search/visibility-scope.queries.js';

/** A content can be 1 MiB. A page is limited in rows and bytes, but has at least one row. */
const maxVersionsPerPage = 200;
const maxPromptsPerPage = 4_000;
const maxPageBytes = 4 * 1024 * 1024;

const columns = `p.name, l."integer", r.content, r.syntax, r.description, r.settings, p.tags, c.slug as "createdBy",
  l.created_at as "createdAt", m.slug as "movedBy", l.moved_at as "movedAt"`;
const tables = `label l join prompt p on p.id = l.prompt_id
  join revision r on r.prompt_id = l.prompt_id and r.number = l.revision
  join owner c on c.id = l.created_by join owner m on m.id = l.moved_by`;

// By hand: one round trip joins the version with its revision, its prompt and two users.
export const highestConductorVersion = prepared(
  'highest-conductor-version',
  `select ${columns} from ${tables} where l.prompt_id = $1 and l."integer" is not null
   order by l."integer" desc limit 1`,
);

/** $5 is the version. A prompt without it is still in the result, with nulls. */
// By hand: one round trip of a hot read answers the version and all that the access policy asks.
export const guardedConductorVersion = prepared(
  'guarded-conductor-version',
  guarded(`select ${columns} from ${tables} where l.prompt_id = g.prompt_id and l."integer" = $5`),
);

// By hand: as above, for the highest version.
export const highestGuardedConductorVersion = prepared(
  'highest-guarded-conductor-version',
  guarded(`select ${columns} from ${tables} where l.prompt_id = g.prompt_id and l."integer" is not null
    order by l."integer" desc limit 1`),
);

// By hand: a page ends by its bytes, which are summed up before the contents are read.
export const conductorVersionPage = prepared(
  'conductor-version-page',
  onPage(
    `select l.prompt_id, l.name, sum(octet_length(r.content)) over (order by l."integer" desc) as bytes,
       row_number() over (order by l."integer" desc) as place
     from label l join revision r on r.prompt_id = l.prompt_id and r.number = l.revision
     where l.prompt_id = $1 and l."integer" < $2 order by l."integer" desc limit ${maxVersionsPerPage}`,
  ),
);

/** Which prompts' highest versions are read: of the owner, by name, after the name. */
export interface LatestConductorVersions {
  readonly ownerId: string;
  readonly scopes: readonly VisibilityScope[];
  readonly after: string;
  /** Only those whose settings hold these. */
  readonly settings?: JsonObject | undefined;
}

// By hand: put together from the scopes that the caller may read; a page ends by its bytes.
export function latestConductorVersions({ ownerId, scopes, after, settings }: LatestConductorVersions) {
  const parameters = new Parameters();
  const text = onPage(
    `select l.prompt_id, l.name, sum(octet_length(r.content)) over (order by p.name) as bytes,
       row_number() over (order by p.name) as place
     from prompt p
     cross join lateral (
       select * from label where prompt_id = p.id and "integer" is not null order by "integer" desc limit 1
     ) l
     join revision r on r.prompt_id = p.id and r.number = l.revision
     where p.owner_id = ${parameters.add(ownerId)} and p.name > ${parameters.add(after)}
       ${settings ? `and r.settings @> ${parameters.add(JSON.stringify(settings))}` : ''}
       and ${visibleIn(scopes, parameters)} order by p.name limit ${maxPromptsPerPage}`,
  );
  return { text, values: parameters.values };
}

/**
 * Limits the pointers of `found`, which have a `place` and a running sum of `bytes`, to one page. Each pointer is
 * looked up by its key, because with outdated statistics the planner of a plain join may scan all pointers for each of
 * them.
 */
function onPage(found: string): string {
  return `select shown.* from (${found}) page
    cross join lateral (
      select ${columns} from ${tables} where l.prompt_id = page.prompt_id and l.name = page.name offset 0
    ) shown
    where page.bytes <= ${maxPageBytes} or page.place = 1 order by page.place`;
}

/** The guard of a prompt by its path, with what `found` finds of it. */
function guarded(found: string): string {
  return `with g as (select ${guardedColumns} ${guardedByPath})
    select g.*, shown.* from g left join lateral (${found}) shown on true`;
}
