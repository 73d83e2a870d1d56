import { defineEntity, type InferEntity } from '@mikro-orm/core';
import type { Protocol } from '../../common/protocol.js';

/** One move of a pointer, in a ledger that only grows. */
export const LabelMove = defineEntity({
  name: 'LabelMove',
  tableName: 'label_move',
  properties: (p) => ({
    promptId: p.uuid().primary(),
    label: p.text().primary(),
    /** Given by the database. */
    sequence: p.bigint('string').primary(),
    /** Null where the label is new. */
    fromRevision: p.integer().nullable(),
    /** Null if the label was removed. */
    toRevision: p.integer().nullable(),
    movedAt: p.datetime(3),
    movedBy: p.uuid(),
    protocol: p.text().$type<Protocol>(),
  }),
});
export type LabelMove = InferEntity<typeof LabelMove>;
