import { prepared } from '../../database/prepared-statements.js';

const granteeName = `coalesce(o.slug, g.slug, '*')`;

// By hand: joins the owner or the group for its name.
export const grantsOfPrompt = prepared(
  'grants-of-prompt',
  `select t.id, t.principal_type as "principalType", t.principal_id as "principalId", ${granteeName} as name,
     t.permission, t.created_at as "createdAt"
   from prompt_grant t
   left join owner o on t.principal_type = 'user' and o.id = t.principal_id
   left join user_group g on t.principal_type = 'group' and g.id = t.principal_id
   where t.prompt_id = $1
   order by t.principal_type desc, ${granteeName} collate "C", t.permission`,
);

// By hand: locked in the order in which a group's deletion locks them, so that the two never deadlock.
export const removeGrants = prepared(
  'remove-grants',
  `delete from prompt_grant where id in (
     select id from prompt_grant where prompt_id = $1 order by prompt_id, permission for update)`,
);

// By hand: calls the function that gives search its copy of who reads what.
export const refreshReaders = prepared('refresh-readers', 'select refresh_prompt_readers(array[$1]::uuid[])');

// By hand: the ORM has no lock that lets others refer to the group but not delete it.
export const lockGroups = prepared(
  'lock-groups',
  `select id, slug from user_group where slug = any ($1::text[]) or id = any ($2::uuid[]) order by id for key share`,
);
