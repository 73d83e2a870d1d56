import { prepared } from '../../database/prepared-statements.js';
import { guardedById, guardedColumns } from '../guarded-prompt.queries.js';

// By hand: calls the function that texts are folded with for the search index.
export const foldQuery = prepared('search-fold', 'select search_fold($1) as q, search_fold($2) as tag');

// By hand: a hot read, which is prepared.
export const ownerOfSearch = prepared('search-owner', 'select id from owner where slug = $1 or id = $2');

// By hand: memberships and grants of a user in one round trip. Only readers that some prompt has count: the first row in
// the order of an index answers that without a scan.
export const scopesOfUser = prepared(
  'search-scopes',
  `select m.organization_id as "organizationId", m.role = 'owner' or o.member_access <> 'none' as "readsAll",
     null as reader
   from membership m join owner o on o.id = m.organization_id
   where m.user_id = $1 and o.kind = 'organization'
   union all
   select null, null, reader from (
     select permission || '/' || principal as reader from unnest($2::text[]) permission cross join (
       select '*' union all select $1::text union all select group_id::text from group_member where user_id = $1
     ) principals (principal) offset 0
   ) readers
   where (select id from prompt_reader p where p.reader = readers.reader order by created_at desc, id desc limit 1)
     is not null
   order by 1, reader`,
);

// By hand: one round trip reads all that the access policy asks.
export const boundPrompt = prepared('search-bound-prompt', `select ${guardedColumns} ${guardedById}`);
