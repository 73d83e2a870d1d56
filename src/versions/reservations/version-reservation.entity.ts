import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** A version number that one process holds, or that was released with bytes possibly left under its key. */
export const VersionReservation = defineEntity({
  name: 'VersionReservation',
  tableName: 'version_reservation',
  properties: (p) => ({
    id: p.uuid().primary(),
    promptId: p.uuid(),
    version: p.text(),
    objectKey: p.text(),
    /** Key of the advisory lock of the process that holds it; 0 for one that no process holds. */
    holder: p.bigint('string'),
    predecessors: p.array().columnType('uuid[]').default([]),
    createdAt: p.datetime(3).defaultRaw('now()'),
    /** Token of the bucket fence under which it was made; null for one that nothing is deleted for. */
    fence: p.uuid().nullable(),
    unproven: p.array().columnType('uuid[]').default([]),
  }),
});
export type VersionReservation = InferEntity<typeof VersionReservation>;
