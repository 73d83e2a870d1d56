import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** What shows in the bucket that it is this database's: the one row of its table. */
export const BucketFence = defineEntity({
  name: 'BucketFence',
  tableName: 'bucket_fence',
  properties: (p) => ({
    id: p.boolean().primary().default(true),
    token: p.uuid().defaultRaw('gen_random_uuid()'),
    /** Number of the object in the bucket; null if it does not exist yet. */
    number: p.bigint('number').nullable(),
    /** The database and the start of the server that wrote the row. */
    instance: p.text(),
    /** The transaction that wrote the row. */
    writtenBy: p.string().columnType('xid8').defaultRaw('pg_current_xact_id()'),
  }),
});
export type BucketFence = InferEntity<typeof BucketFence>;
