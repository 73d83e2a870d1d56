import { prepared } from '../../database/prepared-statements.js';
import { type AuditAction, type AuditTopic, subjectTypeOf } from './audit-actions.js';
import type { AuditScope } from './audit-scope.js';

type Bind = (value: unknown) => string;
type Equality = readonly [column: string, value: string];

// By hand: finds the ids of everything that the filters name in one round trip. The list is ordered by id, and an
// entry's time is the start of its transaction. Transactions end within seconds, so an entry that began an hour before
// another has the lower id.
export const auditScope = prepared(
  'audit-scope',
  `select
    (select id from owner where slug = $1 or id = $2) as "actorId",
    coalesce($3::uuid, (
      select id from prompt where owner_id = (select id from owner where slug = $4 or id = $5) and name = $6
        and deleted_at is null
    )) as "promptId",
    coalesce((
      select id from audit_entry where at < $7::timestamptz - interval '1 hour' order by at desc limit 1
    ), 0) as above,
    coalesce((
      select id from audit_entry where at >= $8::timestamptz + interval '1 hour' order by at limit 1
    ), ${Number.MAX_SAFE_INTEGER}) as below`,
);

// By hand: looks at the end of one index. A transaction that began earlier may have the higher id, so that it looks at a
// few. Entries are dated by the database's clock.
export const recentAct = prepared(
  'recent-act',
  `select from (select at from audit_entry where actor_id = $1 order by id desc limit 10) newest
   where at > now() - make_interval(secs => $2) limit 1`,
);

const columns = `e.id, e.at, a.slug as actor, e.key_id as "keyId", e.protocol, e.action, e.subject_type as "subjectType",
  e.subject, o.slug || '/' || p.name as prompt, e.prompt_id as "promptId", e.details`;

/**
 * The statement for the newest `limit` entries, older than the one with the id `before`, and its values. It reads an
 * interval of one index from its end: that of the first column that is asked for, else the primary key. Said as
 * equality and order by id, PostgreSQL would take the primary key for what is common, and read to the bottom of the
 * ledger for what was common long ago.
 */
// By hand: the conditions follow the filters, and rows are compared as the indexes have them.
export function auditPage(scope: AuditScope, limit: number, before = Number.MAX_SAFE_INTEGER) {
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const [first, ...others] = equalitiesOf(scope);
  const key = (id: number) => (first ? `(${bind(first[1])}, ${bind(id)}::bigint)` : `${bind(id)}::bigint`);
  const row = first ? `(${first[0]}, id)` : 'id';
  const conditions = [
    `${row} > ${key(scope.above)}`,
    `${row} < ${key(Math.min(scope.below, before))}`,
    ...others.map(([column, value]) => `${column} = ${bind(value)}`),
    ...timeConditions(scope, bind),
  ];
  const order = first ? `${first[0]} desc, id desc` : 'id desc';
  const text = `select ${columns}
    from (select * from audit_entry where ${conditions.join(' and ')} order by ${order} limit ${bind(limit)}) e
    left join owner a on a.id = e.actor_id
    left join prompt p on p.id = e.prompt_id
    left join owner o on o.id = p.owner_id
    order by e.id desc`;
  return { text, values };
}

/** The most selective column comes first. */
function equalitiesOf({ promptId, actorId, action, protocol }: AuditScope): Equality[] {
  return [
    ...(promptId ? [['prompt_id', promptId] as const] : []),
    ...(actorId ? [['actor_id', actorId] as const] : []),
    ...(action ? [actionIs(action)] : []),
    ...(protocol ? [['protocol', protocol] as const] : []),
  ];
}

function actionIs(action: AuditAction | AuditTopic): Equality {
  return action.includes('.') ? ['action', action] : ['subject_type', subjectTypeOf(action)];
}

/** `is true`: a check of each row, which the index over times is not taken for, because what it finds is not in order. */
function timeConditions({ from, to }: AuditScope, bind: Bind): string[] {
  return [...(from ? [`(at >= ${bind(from)}) is true`] : []), ...(to ? [`(at < ${bind(to)}) is true`] : [])];
}
