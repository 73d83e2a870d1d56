import { defineEntity, type InferEntity } from '@mikro-orm/core';
import type { Permission } from '../../auth/access/access-policy.js';

/** A grant on a prompt. Without a principal it is for all users who are signed in. */
export const PromptGrant = defineEntity({
  name: 'PromptGrant',
  tableName: 'prompt_grant',
  properties: (p) => ({
    id: p.uuid().primary(),
    promptId: p.uuid(),
    principalType: p.text().$type<'user' | 'group'>(),
    principalId: p.uuid().nullable(),
    permission: p.text().$type<Permission>(),
    createdAt: p.datetime(3),
  }),
});
export type PromptGrant = InferEntity<typeof PromptGrant>;
