import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { foldAscii } from '../../common/ascii.js';
import type { Principal } from '../access/principal.js';
import { AuditRecorder } from '../audit/audit-recorder.js';
import { LastOwner, MemberNotFound, WorkspaceNotManageable } from '../auth.errors.js';
import { Membership } from '../accounts/membership.entity.js';
import { Owner, workspaceSlug } from '../accounts/owner.entity.js';
import { OwnerRepository } from '../accounts/owner.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { OrganizationAccessService } from './organization-access.service.js';
import type { OrganizationMemberPath, SetOrganizationMember } from './organizations.dto.js';

/** Manages the members of organizations and their roles. Changes take effect on prompts at once. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Membership) private readonly memberships: MembershipRepository,
    private readonly access: OrganizationAccessService,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws OrganizationNotFound, NotOrganizationOwner, UserNotFound, LastOwner */
  async set(path: OrganizationMemberPath, { role }: SetOrganizationMember, caller: Principal): Promise<void> {
    await this.em.transactional(async () => {
      const { id, slug: subject } = await this.access.getChangeable(path.slug, caller);
      const user = await this.owners.getUser(path.user);
      const membership = await this.memberships.findOne({ organizationId: id, userId: user.id });
      if (membership?.role === role) return;
      if (membership?.role === 'owner') await this.assertOwnerRemains(id, user.id);
      if (membership) membership.role = role;
      else this.memberships.create({ organizationId: id, userId: user.id, role });
      const details = { user: user.username, role };
      await this.audit.record(caller, { action: 'organization.member.set', subject, details });
    });
  }

  /** @throws OrganizationNotFound, NotOrganizationOwner, UserNotFound, MemberNotFound, WorkspaceNotManageable, LastOwner */
  async remove(path: OrganizationMemberPath, caller: Principal): Promise<void> {
    await this.em.transactional(async () => {
      const isLeaving = [caller.userId, caller.username].includes(foldAscii(path.user));
      const { id, slug: subject } = await this.access.getChangeable(path.slug, caller, isLeaving);
      const user = await this.owners.getUser(path.user);
      const membership = await this.memberships.findOne({ organizationId: id, userId: user.id });
      if (!membership) throw MemberNotFound();
      if (subject === workspaceSlug) throw WorkspaceNotManageable();
      if (membership.role === 'owner') await this.assertOwnerRemains(id, user.id);
      this.em.remove(membership);
      await this.audit.record(caller, {
        action: 'organization.member.remove',
        subject,
        details: { user: user.username },
      });
    });
  }

  /** Safe for concurrent changes, because all of them lock the organization first. */
  private async assertOwnerRemains(organizationId: string, leavingId: string): Promise<void> {
    const hasOther = await this.memberships.hasOtherOwner(organizationId, leavingId);
    if (!hasOther) throw LastOwner();
  }
}
