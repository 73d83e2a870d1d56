import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** The membership of a user in a group. Deleted with the group. */
export const GroupMember = defineEntity({
  name: 'GroupMember',
  tableName: 'group_member',
  properties: (p) => ({
    groupId: p.uuid().primary(),
    userId: p.uuid().primary(),
  }),
});
export type GroupMember = InferEntity<typeof GroupMember>;
