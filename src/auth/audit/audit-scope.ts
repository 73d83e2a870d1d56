import { isUuid } from '../../common/http/scalars.js';
import { slugOrId } from '../accounts/owners.repository.js';
import type { AuditAction, AuditTopic } from './audit-actions.js';

/** Which entries are asked for. */
export interface AuditFilters {
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
}

/** The same in ids, by which the ledger is in order. */
export interface AuditScope extends Pick<AuditFilters, 'action' | 'protocol' | 'from' | 'to'> {
  readonly promptId: string | null;
  readonly actorId: string | null;
  /** Every entry from `from` on has a higher id. */
  readonly above: number;
  /** Every entry before `to` has a lower id. */
  readonly below: number;
}

export interface ScopeRow {
  readonly actor_id: string | null;
  readonly prompt_id: string | null;
  readonly above: string;
  readonly below: string;
}

// The list goes by id, and an entry's time is that of its transaction's start. Transactions are over in seconds, so
// that an entry which began an hour before another has the lower id.
export const auditScope = {
  name: 'audit-scope',
  text: `select
    (select id from owner where slug = $1 or id = $2) as actor_id,
    coalesce($3::uuid, (
      select id from prompt where owner_id = (select id from owner where slug = $4 or id = $5) and name = $6
        and deleted_at is null
    )) as prompt_id,
    coalesce((
      select id from audit_entry where at < $7::timestamptz - interval '1 hour' order by at desc limit 1
    ), 0) as above,
    coalesce((
      select id from audit_entry where at >= $8::timestamptz + interval '1 hour' order by at limit 1
    ), ${Number.MAX_SAFE_INTEGER}) as below`,
};

/** What `auditScope` asks for, in its order. */
export function scopeValues({ actor, prompt, from, to }: AuditFilters): (string | null | undefined)[] {
  const isId = prompt !== undefined && isUuid(prompt);
  const [owner, name] = prompt === undefined || isId ? [] : ownerAndName(prompt);
  return [...named(actor), isId ? prompt : null, ...named(owner), name, from, to];
}

/** Undefined if a filter names what is not there, so that nothing can be found. */
export function toScope({ actor, prompt, from, to, ...rest }: AuditFilters, row: ScopeRow): AuditScope | undefined {
  const { actor_id: actorId, prompt_id: promptId, above, below } = row;
  if ((actor && !actorId) || (prompt && !promptId)) return undefined;
  const bounds = { above: Number(above), below: Number(below), from, to };
  return { ...rest, ...bounds, promptId, actorId };
}

function named(owner: string | undefined): (string | null)[] {
  return owner === undefined ? [null, null] : slugOrId(owner);
}

/** Slugs of owners have no slash; names may have. */
function ownerAndName(prompt: string): [owner: string, name: string] {
  const slash = prompt.indexOf('/');
  return [prompt.slice(0, slash), prompt.slice(slash + 1)];
}
