import { Injectable } from '@nestjs/common';
import { isAllowed, permissionsThatRead } from '../../auth/access/access-policy.js';
import { actsAsAdmin, type Caller, type Principal } from '../../auth/access/principal.js';
import { Database } from '../../database/database.js';
import { guardedById, guardedColumns, type GuardedRow, toGuarded } from '../guarded-prompt.js';
import { restrictToOwner, publicScope, type VisibilityScope } from './visibility-scope.js';

/** An organization of the caller, or a reader under which the caller is granted prompts. */
interface ScopeRow {
  organization_id: string | null;
  reads_all: boolean | null;
  reader: string | null;
}

// Only readers that some prompt has. The first row in the order of an index answers that without a scan.
const scopesOfUser = {
  name: 'search-visibility-scopes',
  text: `
    select m.organization_id, m.role = 'owner' or o.member_access <> 'none' as reads_all, null as reader
    from membership m join owner o on o.id = m.organization_id
    where m.user_id = $1 and o.kind = 'organization'
    union all
    select null, null, reader from (
      select permission || '/' || principal as reader from unnest($2::text[]) permission cross join (
        select '*' union all select $1::text union all select group_id::text from group_member where user_id = $1
      ) principals (principal) offset 0
    ) readers
    where (select id from prompt_reader p where p.reader = readers.reader order by created_at desc, id desc limit 1)
      is not null
    order by organization_id, reader`,
};
const boundPrompt = { name: 'search-bound-prompt', text: `select ${guardedColumns} ${guardedById}` };

/** The scopes that a caller may read: the decision of the access policy for all prompts at once. */
@Injectable()
export class VisibilityScopesRepository {
  constructor(private readonly database: Database) {}

  async of(caller: Caller): Promise<VisibilityScope[]> {
    if (!caller) return [publicScope];
    return [publicScope, ...(caller.boundPromptId ? await this.ofPrompt(caller) : await this.ofUser(caller))];
  }

  private async ofPrompt(caller: Principal): Promise<VisibilityScope[]> {
    const rows = await this.database.query<GuardedRow>(boundPrompt, [caller.userId, caller.boundPromptId]);
    return rows
      .map(toGuarded)
      .filter((prompt) => prompt.visibility === 'private' && isAllowed(caller, 'read', prompt))
      .map(({ promptId, ownerId }) => ({ visibility: 'private', promptId, ownerId }));
  }

  private async ofUser(caller: Principal): Promise<VisibilityScope[]> {
    const { userId, boundOwnerId } = caller;
    if (actsAsAdmin(caller)) return [{ visibility: 'private', ownerId: boundOwnerId }];
    const rows = await this.database.query<ScopeRow>(scopesOfUser, [userId, permissionsThatRead(caller)]);
    const scopes = [{ visibility: 'private' as const, ownerId: userId }, ...rows.map((row) => toScope(row, userId))];
    return boundOwnerId ? restrictToOwner(scopes, boundOwnerId) : scopes;
  }
}

function toScope({ organization_id, reads_all, reader }: ScopeRow, userId: string): VisibilityScope {
  if (reader !== null) return { visibility: 'private', reader };
  const scope: VisibilityScope = { visibility: 'private', ownerId: organization_id ?? undefined };
  return reads_all ? scope : { ...scope, createdBy: userId };
}
