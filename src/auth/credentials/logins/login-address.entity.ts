import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** An address from which an account logged in successfully, as a keyed hash. Deleted with the account. */
export const LoginAddress = defineEntity({
  name: 'LoginAddress',
  tableName: 'login_address',
  properties: (p) => ({
    accountId: p.uuid().primary(),
    address: p.blob().primary(),
    usedAt: p.datetime(3).defaultRaw('now()'),
  }),
});
export type LoginAddress = InferEntity<typeof LoginAddress>;
