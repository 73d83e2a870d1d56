import type { JsonObject } from '@promptyard/template/json.js';
import { prepared } from '../../database/prepared-statements.js';
import { guardedByPath, guardedColumns } from '../../prompts/guarded-prompt.queries.js';
import { Parameters } from '../../prompts/search/parameters.js';
import { type VisibilityScope, visibleIn } from '../../prompts/search/visibility-scope.queries.js';

/** A content can be 1 MiB. A page is limited in rows and bytes, but has at least one row. */
const maxVersionsPerPage = 200;
const maxPromptsPerPage = 1_000;
/** Read quickly, so that the answer begins. */
const maxPromptsOnFirstPage = 100;
const maxPageBytes = 4 * 1024 * 1024;

const columns = `p.name, l."integer", r.content, r.syntax, r.description, r.settings, p.tags, c.slug as "createdBy",
  l.created_at as "createdAt", m.slug as "movedBy", l.moved_at as "movedAt"`;
const pointers = `label l join revision r on r.prompt_id = l.prompt_id and r.number = l.revision
  join owner c on c.id = l.created_by join owner m on m.id = l.moved_by`;
const tables = `${pointers} join prompt p on p.id = l.prompt_id`;

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
  /** The last name of the page before; empty for the first page. */
  readonly after: string;
  /** Only those whose settings hold these. */
  readonly settings?: JsonObject | undefined;
}

/**
 * The highest version is looked up for each prompt, because with outdated statistics the planner of a plain join may scan
 * all pointers for each of them. The scopes are those of the owner, and are tested without it: of a condition that is
 * there twice the planner expects so few rows that it sorts all of them for every page.
 */
// By hand: put together from the scopes that the caller may read; a page ends by its bytes.
export function latestConductorVersions({ ownerId, scopes, after, settings }: LatestConductorVersions) {
  const parameters = new Parameters();
  const ofOwner = scopes.map((scope) => ({ ...scope, ownerId: undefined }));
  const text = `
    select name, "integer", content, syntax, description, settings, tags, "createdBy", "createdAt", "movedBy", "movedAt"
    from (
      select highest.*, sum(octet_length(content)) over (order by p.name) as bytes,
        row_number() over (order by p.name) as place
      from prompt p
      cross join lateral (
        select ${columns} from ${pointers} where l.prompt_id = p.id and l."integer" is not null
        order by l."integer" desc limit 1
      ) highest
      where p.owner_id = ${parameters.add(ownerId)} and p.name > ${parameters.add(after)}
        ${settings ? `and highest.settings @> ${parameters.add(JSON.stringify(settings))}` : ''}
        and ${visibleIn(ofOwner, parameters)}
      order by p.name limit ${after === '' ? maxPromptsOnFirstPage : maxPromptsPerPage}
    ) page
    where bytes <= ${maxPageBytes} or place = 1 order by place`;
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
