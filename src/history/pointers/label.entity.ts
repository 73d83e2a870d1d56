import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** A pointer to a revision: a label that users name, or a version of Conductor, which is named by its integer. */
export const Label = defineEntity({
  name: 'Label',
  tableName: 'label',
  properties: (p) => ({
    promptId: p.uuid().primary(),
    name: p.text().primary(),
    integer: p.integer().nullable(),
    /** Number of the revision. */
    revision: p.integer(),
    createdAt: p.datetime(3),
    createdBy: p.uuid(),
    movedAt: p.datetime(3),
    movedBy: p.uuid(),
  }),
});
export type Label = InferEntity<typeof Label>;
