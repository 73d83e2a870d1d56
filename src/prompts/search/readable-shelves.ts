import { Injectable } from '@nestjs/common';
import { may } from '../../auth/access/access-policy.js';
import type { Caller, Principal } from '../../auth/access/principal.js';
import { Database } from '../../database/database.js';
import { guardedById, guardedColumns, type GuardedRow, toGuarded } from '../guarded-prompt.js';
import { PUBLIC, type Shelf } from './visible-to.js';

interface MembershipRow {
  organization_id: string;
  reads_all: boolean;
}

const memberships = {
  name: 'search-memberships',
  text: `select m.organization_id, m.role = 'owner' or o.member_access <> 'none' as reads_all
         from membership m join owner o on o.id = m.organization_id
         where m.user_id = $1 and o.kind = 'organization' order by 1`,
};
const boundPrompt = { name: 'search-bound-prompt', text: `select ${guardedColumns} ${guardedById}` };

/** What a caller may read, as shelves: the access policy's answer for all prompts at once. */
@Injectable()
export class ReadableShelves {
  constructor(private readonly database: Database) {}

  async of(caller: Caller): Promise<Shelf[]> {
    if (!caller) return [PUBLIC];
    return [PUBLIC, ...(caller.boundPromptId ? await this.ofPrompt(caller) : await this.ofOwners(caller))];
  }

  private async ofPrompt(caller: Principal): Promise<Shelf[]> {
    const rows = await this.database.query<GuardedRow>(boundPrompt, [caller.userId, caller.boundPromptId]);
    return rows
      .map(toGuarded)
      .filter((prompt) => prompt.visibility === 'private' && may(caller, 'read', prompt))
      .map(({ promptId, ownerId }) => ({ visibility: 'private', promptId, ownerId }));
  }

  private async ofOwners({ userId, isAdmin, scopes, boundOwnerId }: Principal): Promise<Shelf[]> {
    if (isAdmin && scopes.has('admin')) return [{ visibility: 'private', ownerId: boundOwnerId }];
    const rows = await this.database.query<MembershipRow>(memberships, [userId]);
    const shelves: Shelf[] = rows.map(({ organization_id: ownerId, reads_all }) =>
      reads_all ? { visibility: 'private', ownerId } : { visibility: 'private', ownerId, createdBy: userId },
    );
    shelves.unshift({ visibility: 'private', ownerId: userId });
    return boundOwnerId ? shelves.filter(({ ownerId }) => ownerId === boundOwnerId) : shelves;
  }
}
