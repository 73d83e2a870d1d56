import { toRfc3339 } from '../../database/timestamps.js';
import type { AuditRecord } from './audit-entry.repository.js';
import type { AuditEntry } from './audit.dto.js';

/** An entry as `/v1` shows it. */
export function toAuditEntry(entry: AuditRecord): AuditEntry {
  return {
    id: Number(entry.id),
    at: toRfc3339(entry.at),
    actor: entry.actor,
    key_id: entry.keyId,
    protocol: entry.protocol,
    action: entry.action,
    subject_type: entry.subjectType,
    subject: entry.subject,
    prompt: entry.prompt,
    prompt_id: entry.promptId,
    details: entry.details,
  };
}
