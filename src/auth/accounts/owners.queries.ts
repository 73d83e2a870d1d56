import { prepared } from '../../database/prepared-statements.js';

// By hand: joins the caller's membership, in one round trip of hot reads and writes.
export const ownerBySlugOrId = prepared(
  'owner',
  `select o.id, o.slug, o.kind, o.member_access as "memberAccess", m.role as "memberRole" from owner o
   left join membership m on m.organization_id = o.id and m.user_id = $3
   where o.slug = $1 or o.id = $2`,
);

// By hand: many users in one round trip, in the order in which they are named.
export const usersByNameOrId = prepared(
  'users-by-name-or-id',
  `select o.id, o.slug as username, requested.position::int
   from unnest($1::text[], $2::uuid[]) with ordinality requested (slug, id, position)
   join owner o on o.kind = 'user' and (o.slug = requested.slug or o.id = requested.id)`,
);
