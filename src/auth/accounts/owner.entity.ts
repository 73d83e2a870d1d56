import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** A namespace. A user's owner bears the user's own id. */
export const Owner = defineEntity({
  name: 'Owner',
  tableName: 'owner',
  properties: (p) => ({
    id: p.uuid().primary(),
    kind: p.text().$type<'user' | 'organization'>(),
    slug: p.text(),
    memberAccess: p.text().$type<'none' | 'read' | 'write'>().default('read'),
    createdAt: p.datetime(3).defaultRaw('now()'),
  }),
});
export type Owner = InferEntity<typeof Owner>;

/** The organization that every user belongs to, there from the first start. */
export const workspaceSlug = 'workspace';
