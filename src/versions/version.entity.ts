import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** An immutable release of a prompt. A row exists only once all of its bytes are in the store. */
export const Version = defineEntity({
  name: 'Version',
  tableName: 'version',
  properties: (p) => ({
    id: p.uuid().primary(),
    promptId: p.uuid(),
    version: p.text(),
    major: p.integer(),
    minor: p.integer(),
    patch: p.integer(),
    /** Key of the object in the store; written once, never derived again. */
    objectKey: p.text(),
    /** Lower-case hex. */
    sha256: p.text(),
    /** Bytes. */
    size: p.integer(),
    manifest: p.json<Record<string, unknown>>(),
    readme: p.text().nullable(),
    files: p.json<{ path: string; size: number }[]>(),
    createdBy: p.uuid(),
    createdAt: p.datetime(3),
    /** Order of arrival, for versions of the same instant. */
    sequence: p.bigint('string').autoincrement().persist(false),
  }),
});
export type Version = InferEntity<typeof Version>;
