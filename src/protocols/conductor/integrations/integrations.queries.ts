import { actsAsAdmin, type Principal } from '../../../auth/access/principal.js';
import { prepared } from '../../../database/prepared-statements.js';

/**
 * SQL condition: whether the user $2 may use the integration `i`. The user must be a member of its owner and, if it is
 * restricted, must have a grant. Administrators ($3) may use all.
 */
const usableBy = `($3 or (
  (i.owner_id = $2 or exists (select from membership where organization_id = i.owner_id and user_id = $2))
  and (not i.restricted or exists (
    select from integration_grant t where t.integration_id = i.id and (t.user_id = $2 or (t.user_id is null and
      (t.group_id is null or t.group_id in (select group_id from group_member where user_id = $2))))))))`;

/** The first values of every statement with that condition: the owner of the integrations, and the caller. */
export function usableByValues(
  ownerId: string,
  caller: Principal,
): [ownerId: string, userId: string, isAdmin: boolean] {
  return [ownerId, caller.userId, actsAsAdmin(caller)];
}

/** The columns that providers and models have in common, of a row that is called `row`. */
const fieldsOf = (row: string) => `${row}.description, ${row}.enabled,
  ${row}.created_at as "createdAt", ${row}.updated_at as "updatedAt",
  (select slug from owner where id = ${row}.created_by) as "createdBy",
  (select slug from owner where id = ${row}.updated_by) as "updatedBy"`;

const columns = `i.id, i.name, i.type, i.restricted, ${fieldsOf('i')},
  (select count(*)::int from integration_model where integration_id = i.id) as "modelCount"`;

// By hand: who may use a provider is decided by three other tables, in the same round trip.
export const integrationList = prepared(
  'integrations',
  `select ${columns} from integration i where i.owner_id = $1 and ${usableBy} and (i.enabled or not $4)
   order by i.name collate "C"`,
);

// By hand: who may use a provider is decided by three other tables, in the same round trip.
export const integrationByName = prepared(
  'integration',
  `select ${columns} from integration i where i.owner_id = $1 and ${usableBy} and i.name = $4`,
);

const ofProvider = `from integration i join integration_model m on m.integration_id = i.id
  where i.owner_id = $1 and ${usableBy} and i.name = $4`;

// By hand: joins the provider, with the condition of who may use it.
export const integrationModelList = prepared(
  'integration-models',
  `select m.name, ${fieldsOf('m')} ${ofProvider} and (m.enabled or not $5) order by m.name collate "C"`,
);

// By hand: joins the provider, with the condition of who may use it.
export const integrationModelByName = prepared(
  'integration-model',
  `select m.name, ${fieldsOf('m')} ${ofProvider} and m.name = $5`,
);

const usable = `from integration i join integration_model m on m.integration_id = i.id
  where i.owner_id = $1 and ${usableBy} and i.enabled and m.enabled`;

// By hand: checks all models that a template names in one round trip.
export const unusableModel = prepared(
  'unusable-models',
  `select w.provider, w.model from unnest($4::text[], $5::text[]) with ordinality w (provider, model, position)
   where not exists (select ${usable} and i.name = w.provider and m.name = w.model) order by w.position limit 1`,
);

// By hand: joins the model, with the condition of who may use it.
export const integrationConnection = prepared(
  'integration-connection',
  `select i.type, i.configuration ${usable} and i.name = $4 and m.name = $5`,
);

const granteeName = `coalesce(o.slug, g.slug, '*')`;

// By hand: joins users and groups for their names, and sorts by bytes.
export const integrationGrants = prepared(
  'integration-grants',
  `select case when t.group_id is null then 'user' else 'group' end as "principalType", ${granteeName} as name
   from integration_grant t left join owner o on o.id = t.user_id left join user_group g on g.id = t.group_id
   where t.integration_id = $1 order by t.group_id is not null, ${granteeName} collate "C"`,
);

// By hand: the constraint takes null as a value, which the ORM's upsert cannot name.
export const insertIntegrationGrant = prepared(
  'grant-integration',
  `insert into integration_grant (integration_id, user_id, group_id) values ($1, $2, $3)
   on conflict on constraint integration_grant_key do nothing`,
);
