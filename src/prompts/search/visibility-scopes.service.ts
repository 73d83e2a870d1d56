import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isAllowed, permissionsThatRead } from '../../auth/access/access-policy.js';
import { actsAsAdmin, type Caller, type Principal } from '../../auth/access/principal.js';
import { type GuardedRow, toGuarded } from '../guarded-prompt.queries.js';
import { boundPrompt, scopesOfUser } from './prompt-search.queries.js';
import { restrictToOwner, publicScope, type VisibilityScope } from './visibility-scope.queries.js';

/** An organization of the caller, or a reader under which the caller is granted prompts. */
interface ScopeRow {
  organizationId: string | null;
  readsAll: boolean | null;
  reader: string | null;
}

/** The scopes that a caller may read: the decision of the access policy for all prompts at once. */
@Injectable()
export class VisibilityScopesService {
  constructor(private readonly em: EntityManager) {}

  async of(caller: Caller): Promise<VisibilityScope[]> {
    if (!caller) return [publicScope];
    return [publicScope, ...(caller.boundPromptId ? await this.ofPrompt(caller) : await this.ofUser(caller))];
  }

  private async ofPrompt(caller: Principal): Promise<VisibilityScope[]> {
    const rows = await this.em.execute<GuardedRow[]>(boundPrompt, [caller.userId, caller.boundPromptId]);
    return rows
      .map(toGuarded)
      .filter((prompt) => prompt.visibility === 'private' && isAllowed(caller, 'read', prompt))
      .map(({ promptId, ownerId }) => ({ visibility: 'private', promptId, ownerId }));
  }

  private async ofUser(caller: Principal): Promise<VisibilityScope[]> {
    const { userId, boundOwnerId } = caller;
    if (actsAsAdmin(caller)) return [{ visibility: 'private', ownerId: boundOwnerId }];
    const rows = await this.em.execute<ScopeRow[]>(scopesOfUser, [userId, permissionsThatRead(caller)]);
    const scopes = [{ visibility: 'private' as const, ownerId: userId }, ...rows.map((row) => toScope(row, userId))];
    return boundOwnerId ? restrictToOwner(scopes, boundOwnerId) : scopes;
  }
}

function toScope({ organizationId, readsAll, reader }: ScopeRow, userId: string): VisibilityScope {
  if (reader !== null) return { visibility: 'private', reader };
  const scope: VisibilityScope = { visibility: 'private', ownerId: organizationId ?? undefined };
  return readsAll ? scope : { ...scope, createdBy: userId };
}
