import { Injectable } from '@nestjs/common';
import { foldAscii } from '../../common/ascii.js';
import { isUuid } from '../../common/http/scalars.js';
import { Database } from '../../database/database.js';
import { OwnerNotFound } from '../auth.errors.js';

/** An owner with the caller's place in it. */
export interface OwnerWithRole {
  readonly id: string;
  readonly slug: string;
  readonly kind: 'user' | 'organization';
  readonly member_access: 'none' | 'read' | 'write';
  readonly member_role: 'owner' | 'member' | null;
}

const bySlugOrId = {
  name: 'owner',
  text: `select o.id, o.slug, o.kind, o.member_access, m.role as member_role from owner o
         left join membership m on m.organization_id = o.id and m.user_id = $3
         where o.slug = $1 or o.id = $2`,
};

/** A slug as it is looked up, and an id where the text is one: slugs are never shaped like ids. */
export function slugOrId(text: string): [slug: string | null, id: string | null] {
  return isUuid(text) ? [null, text] : [foldAscii(text), null];
}

@Injectable()
export class OwnersRepository {
  constructor(private readonly database: Database) {}

  /** The owner by its slug or id. @throws OwnerNotFound */
  async get(owner: string, userId: string | null = null): Promise<OwnerWithRole> {
    const [row] = await this.database.query<OwnerWithRole>(bySlugOrId, [...slugOrId(owner), userId]);
    if (!row) throw OwnerNotFound();
    return row;
  }
}
