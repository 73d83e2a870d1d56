import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isError } from '../../common/errors/define-error.js';
import type { Page } from '../../common/http/page.js';
import { actsAsAdmin, isBound, type Principal } from '../access/principal.js';
import { AuditRecorder } from '../audit/audit-recorder.js';
import { KeyBoundElsewhere, SlugTaken, UserExists } from '../auth.errors.js';
import { Membership } from '../accounts/membership.entity.js';
import { Owner } from '../accounts/owner.entity.js';
import { MembershipRepository } from './membership.repository.js';
import { OrganizationAccessService } from './organization-access.service.js';
import { OrganizationLookup } from './organization-lookup.js';
import type {
  CreateOrganization,
  Organization,
  OrganizationDetails,
  OrganizationList,
  UpdateOrganization,
} from './organizations.dto.js';
import { toOrganization } from './organizations.mapper.js';

/** Organizations. Every user may create one; members and administrators see it. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly em: EntityManager,
    private readonly organizations: OrganizationLookup,
    @InjectRepository(Membership) private readonly memberships: MembershipRepository,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditRecorder,
  ) {}

  /** The organizations of which the caller is a member; all of them for administrators. */
  async list(page: Page, caller: Principal): Promise<OrganizationList> {
    const filter = { userId: caller.userId, isAdmin: actsAsAdmin(caller), organizationId: caller.boundOwnerId };
    const organizations = caller.boundPromptId ? [] : await this.organizations.page(filter, page);
    return { items: organizations.map(toOrganization), limit: page.limit, offset: page.offset };
  }

  /** @throws OrganizationNotFound */
  async get(slug: string, page: Page, caller: Principal): Promise<OrganizationDetails> {
    const organization = await this.access.getReadable(slug, caller);
    return { ...toOrganization(organization), members: await this.memberships.page(organization.id, page) };
  }

  /** The caller becomes its first owner. @throws SlugTaken, KeyBoundElsewhere */
  async create({ slug, member_access: memberAccess }: CreateOrganization, caller: Principal): Promise<Organization> {
    if (isBound(caller)) throw KeyBoundElsewhere();
    const organization = { id: randomUUID(), slug, memberAccess, createdAt: new Date() };
    await this.insert(organization, caller).catch((error: unknown) => {
      // One constraint for the names of users and organizations, and two errors.
      throw isError(error, UserExists) ? SlugTaken() : error;
    });
    return toOrganization({ ...organization, role: 'owner', memberCount: 1 });
  }

  /** @throws OrganizationNotFound, NotOrganizationOwner */
  async update(slug: string, change: UpdateOrganization, caller: Principal): Promise<Organization> {
    return this.em.transactional(async () => {
      const organization = await this.access.getChangeable(slug, caller);
      const { member_access: memberAccess = organization.memberAccess } = change;
      if (organization.memberAccess === memberAccess) return toOrganization(organization);
      const owner = await this.em.findOneOrFail(Owner, organization.id);
      owner.memberAccess = memberAccess;
      const details = { member_access: memberAccess };
      await this.audit.record(caller, { action: 'organization.update', subject: organization.slug, details });
      return toOrganization({ ...organization, memberAccess });
    });
  }

  private insert(
    organization: Pick<Owner, 'id' | 'slug' | 'memberAccess' | 'createdAt'>,
    caller: Principal,
  ): Promise<void> {
    return this.em.transactional(async () => {
      this.em.create(Owner, { ...organization, kind: 'organization' });
      // The membership refers to it.
      await this.em.flush();
      this.memberships.create({ organizationId: organization.id, userId: caller.userId, role: 'owner' });
      const details = { member_access: organization.memberAccess };
      await this.audit.record(caller, { action: 'organization.create', subject: organization.slug, details });
    });
  }
}
