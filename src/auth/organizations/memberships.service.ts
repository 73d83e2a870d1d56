import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { foldAscii } from '../../common/ascii.js';
import type { Principal } from '../access/principal.js';
import { AuditLedger } from '../audit/audit-ledger.js';
import { LastOwner, MemberNotFound, WorkspaceIsEverybodys } from '../auth.errors.js';
import { Membership } from '../accounts/membership.entity.js';
import { Owner, workspaceSlug } from '../accounts/owner.entity.js';
import { OwnerRepository } from '../accounts/owner.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { OrganizationAccess } from './organization-access.js';
import type { OrganizationMemberPath, SetOrganizationMember } from './organizations.dto.js';

/** Who belongs to an organization, and as what: what its prompts allow them follows at once. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Membership) private readonly memberships: MembershipRepository,
    private readonly access: OrganizationAccess,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly ledger: AuditLedger,
  ) {}

  /** @throws OrganizationNotFound, NotOrganizationOwner, UserNotFound, LastOwner */
  async set(path: OrganizationMemberPath, { role }: SetOrganizationMember, me: Principal): Promise<void> {
    await this.em.transactional(async () => {
      const { id, slug: subject } = await this.access.toChange(path.slug, me);
      const user = await this.owners.getUser(path.user);
      const membership = await this.memberships.findOne({ organizationId: id, userId: user.id });
      if (membership?.role === role) return;
      if (membership?.role === 'owner') await this.keepAnOwner(id, user.id);
      if (membership) membership.role = role;
      else this.memberships.create({ organizationId: id, userId: user.id, role });
      const details = { user: user.username, role };
      await this.ledger.record(me, { action: 'organization.member.set', subject, details });
    });
  }

  /** @throws OrganizationNotFound, NotOrganizationOwner, UserNotFound, MemberNotFound, WorkspaceIsEverybodys, LastOwner */
  async remove(path: OrganizationMemberPath, me: Principal): Promise<void> {
    await this.em.transactional(async () => {
      const isOneself = [me.userId, me.username].includes(foldAscii(path.user));
      const { id, slug: subject } = await this.access.toChange(path.slug, me, isOneself);
      const user = await this.owners.getUser(path.user);
      const membership = await this.memberships.findOne({ organizationId: id, userId: user.id });
      if (!membership) throw MemberNotFound();
      if (subject === workspaceSlug) throw WorkspaceIsEverybodys();
      if (membership.role === 'owner') await this.keepAnOwner(id, user.id);
      this.em.remove(membership);
      await this.ledger.record(me, { action: 'organization.member.remove', subject, details: { user: user.username } });
    });
  }

  /** Holds for changes at the same time too, since all of them lock the organization first. */
  private async keepAnOwner(organizationId: string, leavingId: string): Promise<void> {
    const another = await this.memberships.hasOtherOwner(organizationId, leavingId);
    if (!another) throw LastOwner();
  }
}
