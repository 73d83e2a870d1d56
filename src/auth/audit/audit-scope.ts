import { isUuid } from '../../common/http/scalars.js';
import { slugOrId } from '../../common/http/slug-or-id.js';
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

export interface ScopeRecord extends Pick<AuditScope, 'actorId' | 'promptId'> {
  readonly above: string;
  readonly below: string;
}

/** The values of the statement `auditScope`, in its order. */
export function scopeValues({ actor, prompt, from, to }: AuditFilters): (string | null | undefined)[] {
  const isId = prompt !== undefined && isUuid(prompt);
  const [owner, name] = prompt === undefined || isId ? [] : ownerAndName(prompt);
  return [...named(actor), isId ? prompt : null, ...named(owner), name, from, to];
}

/** Undefined if a filter names what is not there, so that nothing can be found. */
export function toScope(
  { actor, prompt, from, to, ...rest }: AuditFilters,
  record: ScopeRecord,
): AuditScope | undefined {
  const { actorId, promptId, above, below } = record;
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
