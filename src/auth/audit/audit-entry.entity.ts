import { defineEntity, type InferEntity } from '@mikro-orm/core';
import type { JsonObject } from '@promptyard/template/json.js';
import type { AuditAction, AuditChannel } from './audit-actions.js';

/** One act in the append-only ledger. The database numbers and dates it. */
export const AuditEntry = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: (p) => ({
    id: p.bigint().primary().autoincrement().generated('identity'),
    at: p.datetime(3).defaultRaw('now()'),
    actorId: p.uuid().nullable(),
    keyId: p.uuid().nullable(),
    protocol: p.text().$type<AuditChannel>(),
    action: p.text().$type<AuditAction>(),
    subjectType: p.text(),
    subject: p.text(),
    promptId: p.uuid().nullable(),
    details: p.json<JsonObject>(),
  }),
});
export type AuditEntry = InferEntity<typeof AuditEntry>;
