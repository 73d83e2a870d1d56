import { defineEntity, type InferEntity, type Opt } from '@mikro-orm/core';
import type { JsonObject } from '@promptyard/template/json.js';
import type { PackageFile } from '@promptyard/package-format/package-contents.js';

/** An immutable release of a prompt. Its row exists only once all of its bytes are in the store. */
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
    manifest: p.json<JsonObject>(),
    readme: p.text().nullable(),
    files: p.json<readonly PackageFile[]>(),
    createdBy: p.uuid(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    /** Order of arrival. */
    sequence: p.bigint('string').autoincrement().generated('identity').$type<Opt<string>>(),
  }),
});
export type Version = InferEntity<typeof Version>;
