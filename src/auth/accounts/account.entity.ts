import { defineEntity, type InferEntity } from '@mikro-orm/core';

export const roles = ['admin', 'user', 'pending'] as const;
export type Role = (typeof roles)[number];

/** A user account. The user name is the slug of the owner with the same id. */
export const Account = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: (p) => ({
    id: p.uuid().primary(),
    email: p.text(),
    passwordHash: p.text(),
    /** Counts password changes; session tokens of an older password are refused. */
    passwordVersion: p.integer().default(1),
    role: p.text().$type<Role>(),
    /** The display name; the user name until it is set. */
    name: p.text().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  }),
});
export type Account = InferEntity<typeof Account>;

/** Sessions that were opened with the old password end. */
export function setPassword(account: Account, passwordHash: string): void {
  account.passwordHash = passwordHash;
  account.passwordVersion += 1;
}
