import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** An address from which the password of an account was right, as a keyed hash. It goes with the account. */
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
