import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** A group of users, which prompts are granted to. */
export const Group = defineEntity({
  name: 'Group',
  tableName: 'user_group',
  properties: (p) => ({
    id: p.uuid().primary(),
    /** Folded and unique. */
    slug: p.text(),
    name: p.text(),
    description: p.text(),
    createdBy: p.uuid(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  }),
});
export type Group = InferEntity<typeof Group>;
