import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** Reserves the name of a published prompt. It is never given to another prompt, even after a deletion. */
export const PublishedName = defineEntity({
  name: 'PublishedName',
  tableName: 'published_name',
  properties: (p) => ({
    ownerId: p.uuid().primary(),
    name: p.text().primary(),
    promptId: p.uuid(),
  }),
});
export type PublishedName = InferEntity<typeof PublishedName>;
