import { isUuid } from '../../common/http/scalars.js';
import type { Statement } from '../../database/database.js';
import { type AuditAction, type AuditTopic, subjectTypeOf } from './audit-actions.js';

/** Which entries are wanted. */
export interface AuditFilters {
  /** Only what is about this prompt. */
  readonly promptId?: string;
  /** `owner/name` of a living prompt, or the id of any. */
  readonly prompt?: string;
  readonly action?: AuditAction | AuditTopic;
  /** Name or id of a user. */
  readonly actor?: string;
  readonly protocol?: string;
  /** RFC 3339. */
  readonly from?: string;
  /** RFC 3339; not included. */
  readonly to?: string;
  /** Only entries older than the one with this id. */
  readonly before?: number;
}

type Bind = (value: unknown) => string;

const columns = `e.id, e.at, a.slug as actor, e.key_id, e.protocol, e.action, e.subject_type, e.subject,
  o.slug || '/' || p.name as prompt, e.prompt_id, e.details`;

/**
 * The statement for the newest `limit` entries with its values. Only what is asked for stands in it, and it bears no
 * name: so PostgreSQL plans each for the index that serves these filters.
 */
export function auditPage(filters: AuditFilters, limit: number): { statement: Statement; values: unknown[] } {
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const conditions = conditionsOf(filters, bind);
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const text = `
    select ${columns}
    from (select * from audit_entry ${where} order by id desc limit ${bind(limit)}) e
    left join owner a on a.id = e.actor_id
    left join prompt p on p.id = e.prompt_id
    left join owner o on o.id = p.owner_id
    order by e.id desc`;
  return { statement: { text }, values };
}

function conditionsOf(filters: AuditFilters, bind: Bind): string[] {
  const { promptId, prompt, action, actor, protocol, from, to, before } = filters;
  const conditions = [
    promptId && `prompt_id = ${bind(promptId)}`,
    prompt && `prompt_id = ${promptNamed(prompt, bind)}`,
    action && actionIs(action, bind),
    actor && `actor_id = (select id from owner where ${ownerIs(actor, bind)})`,
    protocol && `protocol = ${bind(protocol)}`,
    from && isFrom(bind(inRange(from))),
    to && isBefore(bind(inRange(to))),
    before === undefined ? undefined : `id < ${bind(before)}`,
  ];
  return conditions.filter((condition): condition is string => Boolean(condition));
}

function promptNamed(prompt: string, bind: Bind): string {
  if (isUuid(prompt)) return bind(prompt);
  // Slugs of owners have no slash; names may have.
  const slash = prompt.indexOf('/');
  const owner = `(select id from owner where ${ownerIs(prompt.slice(0, slash), bind)})`;
  const name = bind(prompt.slice(slash + 1));
  return `(select id from prompt where owner_id = ${owner} and name = ${name} and deleted_at is null)`;
}

function actionIs(action: AuditAction | AuditTopic, bind: Bind): string {
  return action.includes('.') ? `action = ${bind(action)}` : `subject_type = ${bind(subjectTypeOf(action))}`;
}

function ownerIs(owner: string, bind: Bind): string {
  return isUuid(owner) ? `id = ${bind(owner)}` : `slug = ${bind(owner.toLowerCase())}`;
}

// The list goes by id, and an entry's time is that of its transaction's start. Transactions are over in seconds, so
// that an entry which began an hour before another has the lower id: times bound ids, and any index here is read
// between the two ends only.
const isFrom = (time: string) => `at >= ${time} and id > coalesce(
  (select id from audit_entry where at < ${time}::timestamptz - interval '1 hour' order by at desc limit 1), 0)`;
const isBefore = (time: string) => `at < ${time} and id < coalesce(
  (select id from audit_entry where at >= ${time}::timestamptz + interval '1 hour' order by at limit 1), 9223372036854775807)`;

const latest = Date.parse('9999-12-31T00:00:00Z');

/** Years that PostgreSQL does not read like JavaScript: nothing was recorded before 1970, nor will be after 9999. */
function inRange(time: string): string {
  return new Date(Math.min(Math.max(Date.parse(time), 0), latest)).toISOString();
}
