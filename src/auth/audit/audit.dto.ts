import { z } from 'zod';
import { isUuid, Text, Time, Timestamp, Uuid } from '../../common/http/scalars.js';
import { auditActions, auditChannels, auditTopics } from './audit-actions.js';
import { readCursor } from './audit-cursor.js';

const page = {
  cursor: Text.max(200)
    .refine((text) => readCursor(text) !== undefined, 'must come from a Link header')
    .optional()
    .describe('From the `Link` header.'),
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Maximum number of entries in the answer.'),
};
const filters = {
  action: z
    .enum([...auditActions, ...auditTopics])
    .optional()
    .describe('An action, or the first word of several: `label` includes `label.move`, `label.delete` and so on.'),
  actor: Text.min(1).max(64).optional().describe('Name or id of a user.'),
  protocol: z.enum(auditChannels).optional().describe('The channel through which the request came.'),
  from: Time.optional().describe('From this time on.'),
  to: Time.optional().describe('Before this time.'),
};
const isPromptReference = (text: string) => isUuid(text) || /^[^/]+\/./s.test(text);
const promptFilter = {
  prompt: Text.max(600)
    .refine(isPromptReference, 'must be owner/name or an id')
    .optional()
    .describe('`owner/name` of a prompt, or its id. A deleted prompt is found by its id.'),
};

/** Malformed times compare as unordered, so that only their own problem is reported. */
const withOrderedTimes = <Schema extends z.ZodType<{ from?: string; to?: string }>>(schema: Schema) =>
  schema.refine(({ from = '', to = '' }) => !(Date.parse(from) > Date.parse(to)), {
    path: ['from'],
    error: 'must not be after to',
    // Checked also if there are other problems, so that all are reported at once.
    when: () => true,
  });

export const ListAudit = withOrderedTimes(z.object({ ...page, ...filters, ...promptFilter }));
export type ListAudit = z.output<typeof ListAudit>;

export const ExportAudit = withOrderedTimes(z.object({ ...filters, ...promptFilter }));
export type ExportAudit = z.output<typeof ExportAudit>;

export const ListPromptAudit = withOrderedTimes(z.object({ ...page, ...filters }));
export type ListPromptAudit = z.output<typeof ListPromptAudit>;

export const ExportPromptAudit = withOrderedTimes(z.object(filters));
export type ExportPromptAudit = z.output<typeof ExportPromptAudit>;

export const AuditEntry = z
  .object({
    id: z.int().describe('Ascending; an action that was rolled back leaves a gap.'),
    at: Timestamp.describe('When the act began.'),
    actor: z.string().nullable().describe('Name of the user who did it; null for the command line and the server.'),
    key_id: Uuid.nullable().describe('The API key that it was done with, if it was one.'),
    protocol: z.enum(auditChannels),
    action: z.string().meta({ example: 'version.publish' }),
    subject_type: z.string().meta({ example: 'version' }),
    subject: z.string().describe('What it was done to.').meta({ example: '1.0.0' }),
    prompt: z.string().nullable().describe('`owner/name` of the prompt that it is about, if it is about one.'),
    prompt_id: Uuid.nullable().describe('The id of that prompt; it keeps the id when it is deleted.'),
    details: z.record(z.string(), z.unknown()).describe('Details of this action.'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.output<typeof AuditEntry>;

export const AuditList = z.object({ items: z.array(AuditEntry) }).meta({ id: 'AuditList' });
export type AuditList = z.output<typeof AuditList>;

export const AuditTable = z.string().meta({
  example:
    'id,at,actor,key_id,protocol,action,subject_type,subject,prompt,prompt_id,details\r\n' +
    '7,2026-03-10T15:30:00.000Z,alice,,registry,label.move,label,production,alice/support,' +
    '6f1e8c1a-5d7b-4c55-9f0e-2f6d3c1b7a90,"{""from"":1,""to"":2}"\r\n',
});
