import { prepared } from '../../database/prepared-statements.js';

const columns = 'o.id, o.slug, o.member_access, o.created_at, m.role';
const memberCount = '(select count(*)::int from membership where organization_id = o.id) as "memberCount"';

/** SQL: a page of organizations; members are counted of those on it and not of those before. */
const pageFrom = (tables: string) =>
  `select o.id, o.slug, o.member_access as "memberAccess", o.created_at as "createdAt", o.role, ${memberCount} from (
     select ${columns} from ${tables} and ($2::uuid is null or o.id = $2) order by o.slug limit $3 offset $4
   ) o order by o.slug`;

// By hand: joins the membership, and counts the members of the organizations on the page only.
export const organizationPageOfMember = prepared(
  'organization-page-of-member',
  pageFrom('membership m join owner o on o.id = m.organization_id where m.user_id = $1'),
);

// By hand: joins the membership, and counts the members of the organizations on the page only.
export const organizationPageOfAll = prepared(
  'organization-page-of-all',
  pageFrom(`owner o left join membership m on m.organization_id = o.id and m.user_id = $1
            where o.kind = 'organization'`),
);

// By hand: the organization, the count of its members and the user's role come in one round trip.
export const organizationBySlugOrId = prepared(
  'organization',
  `select o.id, o.slug, o.member_access as "memberAccess", o.created_at as "createdAt", m.role, ${memberCount}
   from owner o left join membership m on m.organization_id = o.id and m.user_id = $3
   where o.kind = 'organization' and (o.slug = $1 or o.id = $2)`,
);

// By hand: the ORM has no `for no key update`. It is weaker than what a deletion takes, so that those who only refer to
// the organization, as new prompts do, need not wait.
export const lockOrganization = prepared(
  'lock-organization',
  `select id from owner where kind = 'organization' and (slug = $1 or id = $2) for no key update`,
);

// By hand: joins the owner for the user's name. Without a name, so that it is planned for this very organization: the
// members of a small one are sorted, those of a large one read in the order of the index over slugs.
export const organizationMemberPage = `
  select u.id, u.slug as username, m.role from membership m join owner u on u.id = m.user_id
  where m.organization_id = $1 order by u.slug limit $2 offset $3`;

// By hand: joins the account, as a pending one cannot act as an owner.
export const otherOrganizationOwner = prepared(
  'other-organization-owner',
  `select user_id from membership m join account a on a.id = m.user_id
   where organization_id = $1 and user_id <> $2 and m.role = 'owner' and a.role <> 'pending' limit 1`,
);
