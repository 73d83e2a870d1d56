import { actsAsAdmin, type Caller, type Principal } from './principal.js';

export type Action = 'read' | 'write' | 'share' | 'own';
export type Permission = 'read' | 'write';

/** What the policy needs to know of a prompt and of the caller's place in the owner's organization. */
export interface Guarded {
  readonly promptId: string;
  readonly ownerId: string;
  readonly ownerKind: 'user' | 'organization';
  readonly memberAccess: 'none' | 'read' | 'write';
  readonly visibility: 'public' | 'private';
  readonly createdBy: string;
  /** The caller's role in the owning organization; null for those who are no members. */
  readonly memberRole: 'owner' | 'member' | null;
  /** What the grants to the caller, to their groups and to everybody allow. */
  readonly granted: readonly Permission[];
}

export type Relation = 'public' | 'reader' | 'creator' | 'writer' | 'blind writer' | 'owner';

/** Design's table: what each relation to a prompt allows. */
const allowed: Record<Relation, readonly Action[]> = {
  public: ['read'],
  reader: ['read'],
  // Who made a prompt shares it on Open WebUI; on `/v1` and Conductor its grants are the owner's business.
  creator: ['read', 'write', 'share'],
  writer: ['read', 'write'],
  'blind writer': ['write'],
  owner: ['read', 'write', 'share', 'own'],
};

/** Whether the caller may do this to the prompt: the one place that answers. */
export function may(caller: Caller, action: Action, prompt: Guarded): boolean {
  return relationsOf(caller, prompt).some((relation) => allowed[relation].includes(action));
}

/** Whether these credentials are meant for the prompt at all: a bound key is a stranger elsewhere. */
export function isWithinBinding(caller: Caller, prompt: Pick<Guarded, 'promptId' | 'ownerId'>): boolean {
  if (!caller) return true;
  if (caller.boundOwnerId && caller.boundOwnerId !== prompt.ownerId) return false;
  return !caller.boundPromptId || caller.boundPromptId === prompt.promptId;
}

/** Grants of which each alone lets these credentials read. */
export function readingGrants(caller: Principal): Permission[] {
  const permissions: readonly Permission[] = ['read', 'write'];
  return permissions.filter((permission) => allowed[relationByGrant(caller, permission)].includes('read'));
}

function relationsOf(caller: Caller, prompt: Guarded): Relation[] {
  const relations: Relation[] = prompt.visibility === 'public' ? ['public'] : [];
  if (!caller || !isWithinBinding(caller, prompt)) return relations;
  if (actsAsAdmin(caller)) relations.push('owner');
  if (prompt.ownerKind === 'user' && prompt.ownerId === caller.userId) relations.push('owner');
  if (prompt.ownerKind === 'organization') relations.push(...relationsOfMember(caller.userId, prompt));
  return [...relations, ...prompt.granted.map((permission) => relationByGrant(caller, permission))];
}

/** Who may write may read, but on Open WebUI, where reading takes a grant of its own. */
function relationByGrant({ via }: Principal, permission: Permission): Relation {
  if (permission === 'read') return 'reader';
  return via === 'open-webui' ? 'blind writer' : 'writer';
}

function relationsOfMember(userId: string, prompt: Guarded): Relation[] {
  if (prompt.memberRole === null) return [];
  const relations: Relation[] = [];
  if (prompt.memberRole === 'owner') relations.push('owner');
  if (prompt.createdBy === userId) relations.push('creator');
  if (prompt.memberAccess === 'write') relations.push('writer');
  if (prompt.memberAccess === 'read') relations.push('reader');
  return relations;
}
