import { actsAsAdmin, type Principal } from '../../../auth/access/principal.js';

/**
 * Whether the user $2 may use the integration `i`: as a member of its owner, which a key can be bound to without, and if it
 * is restricted, by a grant. $3 says that they are an administrator, who may use all.
 */
export const usableBy = `($3 or (
  (i.owner_id = $2 or exists (select from membership where organization_id = i.owner_id and user_id = $2))
  and (not i.restricted or exists (
    select from integration_grant t where t.integration_id = i.id and (t.user_id = $2 or (t.user_id is null and
      (t.group_id is null or t.group_id in (select group_id from group_member where user_id = $2))))))))`;

/** What every statement with that condition begins with: the owner whose integrations it is about, and who asks. */
export function askedBy(ownerId: string, me: Principal): [ownerId: string, userId: string, isAdmin: boolean] {
  return [ownerId, me.userId, actsAsAdmin(me)];
}
