import { actsAsAdmin, type Caller, type Principal } from './principal.js';

export type Action = 'read' | 'write' | 'share' | 'own';
export type Permission = 'read' | 'write';

/** The facts about a prompt, and about the caller's role in the owner's organization, that the policy needs. */
export interface Guarded {
  readonly promptId: string;
  readonly ownerId: string;
  readonly ownerKind: 'user' | 'organization';
  readonly memberAccess: 'none' | 'read' | 'write';
  readonly visibility: 'public' | 'private';
  readonly createdBy: string;
  /** The caller's role in the owning organization; null for callers who are not members. */
  readonly memberRole: 'owner' | 'member' | null;
  /** The permissions that grants give the caller, the caller's groups, or all signed-in users. */
  readonly granted: readonly Permission[];
}

export type Relation = 'public' | 'reader' | 'creator' | 'writer' | 'write-only' | 'owner';

/** What each relation to a prompt allows. */
const allowed: Record<Relation, readonly Action[]> = {
  public: ['read'],
  reader: ['read'],
  // The creator of a prompt may share it on Open WebUI. On `/v1` and Conductor only the owner changes its grants.
  creator: ['read', 'write', 'share'],
  writer: ['read', 'write'],
  'write-only': ['write'],
  owner: ['read', 'write', 'share', 'own'],
};

/**
 * Whether the caller may do this to the prompt. Decides for one prompt. Lists and search decide in SQL: keep
 * `visibility-scopes.repository.ts` in step.
 */
export function isAllowed(caller: Caller, action: Action, prompt: Guarded): boolean {
  return relationsOf(caller, prompt).some((relation) => allowed[relation].includes(action));
}

/** Whether the prompt is within the binding of the credentials. A bound key has no rights elsewhere. */
export function isWithinBinding(caller: Caller, prompt: Pick<Guarded, 'promptId' | 'ownerId'>): boolean {
  if (!caller) return true;
  if (caller.boundOwnerId && caller.boundOwnerId !== prompt.ownerId) return false;
  return !caller.boundPromptId || caller.boundPromptId === prompt.promptId;
}

/** The permissions that allow these credentials to read. */
export function permissionsThatRead(caller: Principal): Permission[] {
  const permissions: readonly Permission[] = ['read', 'write'];
  return permissions.filter((permission) => allowed[relationOfGrant(caller, permission)].includes('read'));
}

function relationsOf(caller: Caller, prompt: Guarded): Relation[] {
  const relations: Relation[] = prompt.visibility === 'public' ? ['public'] : [];
  if (!caller || !isWithinBinding(caller, prompt)) return relations;
  if (actsAsAdmin(caller)) relations.push('owner');
  if (prompt.ownerKind === 'user' && prompt.ownerId === caller.userId) relations.push('owner');
  if (prompt.ownerKind === 'organization') relations.push(...relationsOfMember(caller.userId, prompt));
  return [...relations, ...prompt.granted.map((permission) => relationOfGrant(caller, permission))];
}

/** A write grant includes reading, except on Open WebUI, where reading needs a grant of its own. */
function relationOfGrant({ via }: Principal, permission: Permission): Relation {
  if (permission === 'read') return 'reader';
  return via === 'open-webui' ? 'write-only' : 'writer';
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
