import { defineEntity, type InferEntity } from '@mikro-orm/core';
import type { Scope } from '../../../common/http/access.decorator.js';

/** A stored API key, of which only the hash is stored. It can be bound to one owner or one prompt. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: (p) => ({
    id: p.uuid().primary(),
    userId: p.uuid(),
    name: p.text(),
    hash: p.blob(),
    scopes: p.array<Scope>((scope) => scope as Scope),
    ownerId: p.uuid().nullable(),
    promptId: p.uuid().nullable(),
    expiresAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    /** The key that created this one. Revoking it revokes this one too. */
    parentId: p.uuid().nullable(),
    /** The hour of its last use. */
    lastUsedAt: p.datetime(0).nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  }),
});
export type ApiKey = InferEntity<typeof ApiKey>;
