import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** The membership of a user in an organization. */
export const Membership = defineEntity({
  name: 'Membership',
  tableName: 'membership',
  properties: (p) => ({
    organizationId: p.uuid().primary(),
    userId: p.uuid().primary(),
    role: p.text().$type<'owner' | 'member'>(),
  }),
});
export type Membership = InferEntity<typeof Membership>;
