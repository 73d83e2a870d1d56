import type { Permission } from '../../auth/access/access-policy.js';

/** In place of a name or an id: all users who are signed in. */
export const allUsers = '*';

/** Who can be granted something: a user, a group, or, without an id, all users who are signed in. */
export interface Grantee {
  readonly principalType: 'user' | 'group';
  readonly principalId: string | null;
}

export interface GrantInput extends Grantee {
  readonly permission: Permission;
}

/** A current grant on a prompt. */
export interface Grant extends GrantInput {
  readonly id: string;
  /** Slug of the user or group, or `*`. */
  readonly name: string;
  /** As PostgreSQL writes it. */
  readonly createdAt: string;
}
