import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** A version as a pointer to a revision, and what was said of it since it was published. */
export const Release = defineEntity({
  name: 'Release',
  tableName: 'release',
  properties: (p) => ({
    promptId: p.uuid().primary(),
    version: p.text().primary(),
    major: p.integer(),
    minor: p.integer(),
    patch: p.integer(),
    /** Number of the revision. */
    revision: p.integer(),
    yanked: p.boolean().default(false),
    yankReason: p.text().nullable(),
    /** What to use instead. */
    deprecated: p.text().nullable(),
    deprecatedAt: p.datetime(3).nullable(),
  }),
});
export type Release = InferEntity<typeof Release>;
