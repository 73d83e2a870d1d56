import { Injectable } from '@nestjs/common';
import { may, readingGrants } from '../../auth/access/access-policy.js';
import { actsAsAdmin, type Caller, type Principal } from '../../auth/access/principal.js';
import { Database } from '../../database/database.js';
import { guardedById, guardedColumns, type GuardedRow, toGuarded } from '../guarded-prompt.js';
import { ofOwner, PUBLIC, type Shelf } from './visible-to.js';

/** An organization that the caller is in, or a reader that the caller is. */
interface ShelfRow {
  organization_id: string | null;
  reads_all: boolean | null;
  reader: string | null;
}

// Readers that stand on some prompt. The first in an order is asked for, as its index alone can tell that at once.
const shelvesOfUser = {
  name: 'search-shelves',
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

/** What a caller may read, as shelves: the access policy's answer for all prompts at once. */
@Injectable()
export class ReadableShelves {
  constructor(private readonly database: Database) {}

  async of(caller: Caller): Promise<Shelf[]> {
    if (!caller) return [PUBLIC];
    return [PUBLIC, ...(caller.boundPromptId ? await this.ofPrompt(caller) : await this.ofUser(caller))];
  }

  private async ofPrompt(caller: Principal): Promise<Shelf[]> {
    const rows = await this.database.query<GuardedRow>(boundPrompt, [caller.userId, caller.boundPromptId]);
    return rows
      .map(toGuarded)
      .filter((prompt) => prompt.visibility === 'private' && may(caller, 'read', prompt))
      .map(({ promptId, ownerId }) => ({ visibility: 'private', promptId, ownerId }));
  }

  private async ofUser(caller: Principal): Promise<Shelf[]> {
    const { userId, boundOwnerId } = caller;
    if (actsAsAdmin(caller)) return [{ visibility: 'private', ownerId: boundOwnerId }];
    const rows = await this.database.query<ShelfRow>(shelvesOfUser, [userId, readingGrants(caller)]);
    const shelves = [{ visibility: 'private' as const, ownerId: userId }, ...rows.map((row) => toShelf(row, userId))];
    return boundOwnerId ? ofOwner(shelves, boundOwnerId) : shelves;
  }
}

function toShelf({ organization_id, reads_all, reader }: ShelfRow, userId: string): Shelf {
  if (reader !== null) return { visibility: 'private', reader };
  const shelf: Shelf = { visibility: 'private', ownerId: organization_id ?? undefined };
  return reads_all ? shelf : { ...shelf, createdBy: userId };
}
