import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** A provider of models, by its owner and name. */
export const Integration = defineEntity({
  name: 'Integration',
  tableName: 'integration',
  properties: (p) => ({
    id: p.uuid().primary(),
    ownerId: p.uuid(),
    name: p.text(),
    type: p.text(),
    description: p.text(),
    enabled: p.boolean(),
    /** Only for users who have been granted it. */
    restricted: p.boolean(),
    /** Encrypted. */
    configuration: p.blob().nullable(),
    createdBy: p.uuid(),
    createdAt: p.datetime(3),
    updatedBy: p.uuid(),
    updatedAt: p.datetime(3),
  }),
});
export type Integration = InferEntity<typeof Integration>;
