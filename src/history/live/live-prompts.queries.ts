import { prepared } from '../../database/prepared-statements.js';
import { guardedColumns, guardedTables, isAtPath } from '../../prompts/guarded-prompt.queries.js';

/** Contents can be 1 MiB each: a page has at most so many bytes of them, but at least one row. */
const maxPageBytes = 4 * 1024 * 1024;

const grants = `(select coalesce(json_agg(json_build_object(
    'id', g.id, 'principalType', g.principal_type, 'principalId', coalesce(g.principal_id::text, '*'),
    'permission', g.permission, 'createdAt', floor(extract(epoch from g.created_at))
  ) order by g.principal_type desc, g.principal_id nulls first, g.permission), '[]')
  from prompt_grant g where g.prompt_id = p.id) as grants`;

const columns = `p.id, p.owner_id as "ownerId", p.name, p.title, r.content, r.syntax, p.data, p.meta, p.tags,
  p.is_active as "isActive", p.created_by as "createdBy", case when r.number = l.revision then r.id end as "productionId",
  p.created_at as "createdAt", p.updated_at as "updatedAt", ${grants}`;

/**
 * Joins a prompt `p` with its live revision `r`. A prompt without a revision is left out. The revision is looked up by
 * its number, because the planner of a plain join may read all revisions of a prompt.
 */
const liveRevision = `left join label l on l.prompt_id = p.id and l.name = 'production'
  cross join lateral (
    select * from revision where prompt_id = p.id and number = coalesce(l.revision, p.revision_count) offset 0
  ) r`;

// By hand: one round trip joins a prompt with its production label, its live revision and its grants.
export const livePrompt = prepared(
  'live-prompt',
  `select ${columns} from prompt p ${liveRevision} where p.id = $1 and p.deleted_at is null`,
);

// By hand: the same by its id ($2), of the owner with the slug $3 or the id $4, with what the access policy asks.
export const guardedLivePrompt = prepared(
  'guarded-live-prompt',
  `select ${columns}, ${guardedColumns} ${guardedTables} ${liveRevision}
   where p.id = $2 and p.deleted_at is null and (o.slug = $3 or o.id = $4)`,
);

// By hand: the same by its path.
export const guardedLivePromptByPath = prepared(
  'guarded-live-prompt-by-path',
  `select ${columns}, ${guardedColumns} ${guardedTables} ${liveRevision} where ${isAtPath}`,
);

// By hand: the same for many, with their authors and what the access policy asks; a page ends by its bytes.
export const livePromptPage = prepared(
  'live-prompt-page',
  `select * from (
     select ${columns}, ${guardedColumns}, asked.place::int, coalesce(author.name, author_owner.slug) as "authorName",
       author.role as "authorRole", author.email as "authorEmail",
       sum(octet_length(r.content)) over (order by asked.place) <= ${maxPageBytes}
         or row_number() over (order by asked.place) = 1 as "isOnPage"
     ${guardedTables} ${liveRevision}
     join unnest($2::uuid[]) with ordinality asked (id, place) on asked.id = p.id
     join account author on author.id = p.created_by join owner author_owner on author_owner.id = p.created_by
     where p.deleted_at is null
   ) page where "isOnPage" order by place`,
);
