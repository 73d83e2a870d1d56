import { Injectable } from '@nestjs/common';
import { foldAscii } from '../../common/ascii.js';
import { Database } from '../../database/database.js';
import type { Principal } from '../access/principal.js';
import { AuditLedger } from '../audit/audit-ledger.js';
import { LastOwner, MemberNotFound, WorkspaceIsEverybodys } from '../auth.errors.js';
import { workspaceSlug } from '../accounts/owner.entity.js';
import { UserLookup } from '../accounts/user-lookup.js';
import { MembershipsRepository } from './memberships.repository.js';
import { OrganizationAccess } from './organization-access.js';
import type { OrganizationMemberPath, SetOrganizationMember } from './organizations.dto.js';

/** Who belongs to an organization, and as what: what its prompts allow them follows at once. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsRepository,
    private readonly access: OrganizationAccess,
    private readonly users: UserLookup,
    private readonly ledger: AuditLedger,
  ) {}

  /** @throws OrganizationNotFound, NotOrganizationOwner, UserNotFound, LastOwner */
  async set(path: OrganizationMemberPath, { role }: SetOrganizationMember, me: Principal): Promise<void> {
    await this.database.transaction(async () => {
      const { id, slug: subject } = await this.access.toChange(path.slug, me);
      const user = await this.users.get(path.user);
      const before = await this.memberships.roleOf(id, user.id);
      if (before === role) return;
      if (before === 'owner') await this.keepAnOwner(id, user.id);
      await this.memberships.set(id, user.id, role);
      const details = { user: user.username, role };
      await this.ledger.record(me, { action: 'organization.member.set', subject, details });
    });
  }

  /** @throws OrganizationNotFound, NotOrganizationOwner, UserNotFound, MemberNotFound, WorkspaceIsEverybodys, LastOwner */
  async remove(path: OrganizationMemberPath, me: Principal): Promise<void> {
    await this.database.transaction(async () => {
      const isOneself = [me.userId, me.username].includes(foldAscii(path.user));
      const { id, slug: subject } = await this.access.toChange(path.slug, me, isOneself);
      const user = await this.users.get(path.user);
      const before = await this.memberships.roleOf(id, user.id);
      if (!before) throw MemberNotFound();
      if (subject === workspaceSlug) throw WorkspaceIsEverybodys();
      if (before === 'owner') await this.keepAnOwner(id, user.id);
      await this.memberships.remove(id, user.id);
      await this.ledger.record(me, { action: 'organization.member.remove', subject, details: { user: user.username } });
    });
  }

  /** Holds for changes at the same time too, since all of them lock the organization first. */
  private async keepAnOwner(organizationId: string, leavingId: string): Promise<void> {
    const another = await this.memberships.hasOtherOwner(organizationId, leavingId);
    if (!another) throw LastOwner();
  }
}
