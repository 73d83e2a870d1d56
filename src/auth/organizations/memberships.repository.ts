import { Injectable } from '@nestjs/common';
import type { Page } from '../../common/http/page.js';
import { Database } from '../../database/database.js';
import type { MemberRole, OrganizationMember } from './organizations.dto.js';

// Without a name, so that it is planned for this very organization: a small one is sorted, a large one walked by user
// name.
const page = {
  text: `select u.id, u.slug as username, m.role from membership m join owner u on u.id = m.user_id
         where m.organization_id = $1 order by u.slug limit $2 offset $3`,
};
const role = {
  name: 'membership-role',
  text: 'select role from membership where organization_id = $1 and user_id = $2',
};
const upsert = {
  name: 'set-membership',
  text: `insert into membership (organization_id, user_id, role) values ($1, $2, $3)
         on conflict (organization_id, user_id) do update set role = excluded.role`,
};
const remove = {
  name: 'delete-membership',
  text: 'delete from membership where organization_id = $1 and user_id = $2',
};
const otherOwner = {
  name: 'other-organization-owner',
  text: `select user_id from membership m join account a on a.id = m.user_id
         where organization_id = $1 and user_id <> $2 and m.role = 'owner' and a.role <> 'pending' limit 1`,
};

/** Who belongs to which organization, and as what. */
@Injectable()
export class MembershipsRepository {
  constructor(private readonly database: Database) {}

  /** By user name. */
  page(organizationId: string, { limit, offset }: Page): Promise<OrganizationMember[]> {
    return this.database.query<OrganizationMember>(page, [organizationId, limit, offset]);
  }

  async roleOf(organizationId: string, userId: string): Promise<MemberRole | undefined> {
    const [membership] = await this.database.query<{ role: MemberRole }>(role, [organizationId, userId]);
    return membership?.role;
  }

  /** Makes the user a member, or gives the member another role. */
  async set(organizationId: string, userId: string, as: MemberRole): Promise<void> {
    await this.database.query(upsert, [organizationId, userId, as]);
  }

  async remove(organizationId: string, userId: string): Promise<void> {
    await this.database.query(remove, [organizationId, userId]);
  }

  /** Whether somebody else is an owner who can sign in. */
  async hasOtherOwner(organizationId: string, userId: string): Promise<boolean> {
    const rows = await this.database.query(otherOwner, [organizationId, userId]);
    return rows.length > 0;
  }
}
