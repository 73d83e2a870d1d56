import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** One download, in the partition of its month. Read and written by hand only: see `downloads.queries.ts`. */
export const Download = defineEntity({
  name: 'Download',
  tableName: 'download',
  properties: (p) => ({
    at: p.datetime(3).primary(),
    id: p.uuid().primary(),
    promptId: p.uuid(),
    versionId: p.uuid(),
    /** 16 bytes that identify the visitor without naming them. */
    visitor: p.blob(),
    /** The transaction that recorded it, by which the roll-up takes each exactly once. */
    committedBy: p.string().columnType('xid8').defaultRaw('pg_current_xact_id()'),
  }),
});
export type Download = InferEntity<typeof Download>;
