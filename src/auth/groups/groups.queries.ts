import { prepared } from '../../database/prepared-statements.js';

export const maxGroups = 1000;
const maxGroupsOfUser = 1000;

const columns = `g.id, g.slug, g.name, g.description, g.created_at as "createdAt",
  (select count(*)::int from group_member where group_id = g.id) as "memberCount"`;

// By hand: the limit is in a subquery, so that only the members of the groups on the page are counted.
export const groupPage = prepared(
  'group-page',
  `select ${columns} from (select * from user_group order by slug limit $1 offset $2) g order by slug`,
);

// By hand: the order is that of an index over an expression.
export const groupsByName = prepared(
  'groups-by-name',
  `select ${columns} from (select * from user_group order by search_fold(name) collate "C", slug limit ${maxGroups}) g
   order by search_fold(name) collate "C", slug`,
);

// By hand: the group, the count of its members and the caller's membership come in one round trip.
export const groupBySlugOrId = prepared(
  'group',
  `select ${columns}, exists (select from group_member where group_id = g.id and user_id = $3) as "isMember"
   from user_group g where g.slug = $1 or g.id = $2`,
);

// By hand: locked in the order in which a prompt's own grants are replaced, so that the two never deadlock.
export const deleteGrantsToGroup = prepared(
  'delete-grants-to-group',
  `delete from prompt_grant where id in (
     select id from prompt_grant where principal_type = 'group' and principal_id = $1
     order by prompt_id, permission for update)
   returning id`,
);

// By hand: joins the owner for the user's name. Without a name, so that it is planned for the group's size: few members
// are sorted, many are read in the order of the index over slugs.
export const memberPage = `
  select u.id, u.slug as username from group_member m join owner u on u.id = m.user_id
  where m.group_id = $1 order by u.slug limit $2 offset $3`;

// By hand: joins the group.
export const groupsOfUser = prepared(
  'groups-of-user',
  `select g.slug, g.description from group_member m join user_group g on g.id = m.group_id
   where m.user_id = $1 order by g.slug limit ${maxGroupsOfUser}`,
);

// By hand: joins the group.
export const userInAnyGroup = prepared(
  'user-in-any-group',
  `select from group_member m join user_group g on g.id = m.group_id
   where m.user_id = $1 and g.slug = any($2) limit 1`,
);

// By hand: returns in one round trip whether the user was a member, also when two calls add the same user at once.
export const addGroupMember = prepared(
  'insert-group-member',
  'insert into group_member (group_id, user_id) values ($1, $2) on conflict do nothing returning user_id',
);
