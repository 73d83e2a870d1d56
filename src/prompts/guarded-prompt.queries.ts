import type { Guarded } from '../auth/access/access-policy.js';

const grantsTo = (user: string) => `from prompt_grant where prompt_id = p.id and (principal_id is null
      or principal_id = ${user} or principal_id in (select group_id from group_member where user_id = ${user}))`;

/** The permissions that grants on the prompt `p` give the user. */
const granted = (user: string) => `case when ${user}::uuid is null then '{}' else array(
    select permission ${grantsTo(user)}) end`;

/** Whether the user $1 can have a right to the prompt `p` at all, which the access policy decides. */
export const isNoStranger = `(p.visibility = 'public' or $1 in (p.created_by, p.owner_id) or m.user_id is not null
    or exists (select ${grantsTo('$1')}))`;

/** What the access policy asks of a prompt, where the user is another parameter than $1. */
export function guardedFor(user: string) {
  return {
    /** Of a prompt `p`, its owner `o` and the user's membership `m`. */
    columns: `p.id as prompt_id, p.owner_id, p.visibility, p.created_by, o.kind as owner_kind,
  o.member_access, m.role as member_role, ${granted(user)} as granted`,
    tables: `from prompt p
  join owner o on o.id = p.owner_id
  left join membership m on m.organization_id = o.id and m.user_id = ${user}`,
  };
}

/** The same columns and tables; $1 is the user, null for an anonymous caller. */
export const { columns: guardedColumns, tables: guardedTables } = guardedFor('$1');

/** A prompt that is not deleted, by its id ($2), for the user $1 (null: anonymous). */
export const guardedById = `${guardedTables} where p.id = $2 and p.deleted_at is null`;

/** Whether `p` is the prompt that is not deleted with this owner's slug ($2) or id ($3) and this name ($4). */
export const isAtPath = `p.owner_id = (select id from owner where slug = $2 or id = $3) and p.name = $4
  and p.deleted_at is null`;

/**
 * A prompt that is not deleted, by its owner's slug ($2) or id ($3) and its name ($4), for the user $1 (null:
 * anonymous).
 */
export const guardedByPath = `${guardedTables} where ${isAtPath}`;

export interface GuardedRow {
  prompt_id: string;
  owner_id: string;
  visibility: Guarded['visibility'];
  created_by: string;
  owner_kind: Guarded['ownerKind'];
  member_access: Guarded['memberAccess'];
  member_role: Guarded['memberRole'];
  granted: Guarded['granted'];
}

export function toGuarded(row: GuardedRow): Guarded {
  return {
    promptId: row.prompt_id,
    ownerId: row.owner_id,
    visibility: row.visibility,
    createdBy: row.created_by,
    ownerKind: row.owner_kind,
    memberAccess: row.member_access,
    memberRole: row.member_role,
    granted: row.granted,
  };
}
