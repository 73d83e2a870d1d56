import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Page } from '../../common/http/page.js';
import { Database } from '../../database/database.js';
import { actsAsAdmin, isBound, type Principal } from '../access/principal.js';
import { AuditLedger } from '../audit/audit-ledger.js';
import { KeyBoundElsewhere, SlugTaken } from '../auth.errors.js';
import { MembershipsRepository } from './memberships.repository.js';
import { OrganizationAccess } from './organization-access.js';
import type {
  CreateOrganization,
  Organization,
  OrganizationDetails,
  OrganizationList,
  UpdateOrganization,
} from './organizations.dto.js';
import { OrganizationsRepository } from './organizations.repository.js';

/** Organizations: made by anybody, known to their members. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly access: OrganizationAccess,
    private readonly ledger: AuditLedger,
  ) {}

  /** Those that the caller is a member of; for admins all. */
  async list(page: Page, me: Principal): Promise<OrganizationList> {
    const listed = { userId: me.userId, all: actsAsAdmin(me), only: me.boundOwnerId };
    const items = me.boundPromptId ? [] : await this.organizations.page(listed, page);
    return { items, limit: page.limit, offset: page.offset };
  }

  /** @throws OrganizationNotFound */
  async get(slug: string, page: Page, me: Principal): Promise<OrganizationDetails> {
    const organization = await this.access.toRead(slug, me);
    return { ...organization, members: await this.memberships.page(organization.id, page) };
  }

  /** The caller becomes its first owner. @throws SlugTaken, KeyBoundElsewhere */
  async create({ slug, member_access }: CreateOrganization, me: Principal): Promise<Organization> {
    if (isBound(me)) throw KeyBoundElsewhere();
    const created_at = new Date().toISOString();
    const organization = { id: randomUUID(), slug, member_access, role: 'owner', member_count: 1, created_at } as const;
    await this.database.transaction(async () => {
      const isFree = await this.organizations.insert(organization);
      if (!isFree) throw SlugTaken();
      await this.memberships.set(organization.id, me.userId, 'owner');
      await this.ledger.record(me, { action: 'organization.create', subject: slug, details: { member_access } });
    });
    return organization;
  }

  /** @throws OrganizationNotFound, NotOrganizationOwner */
  async update(slug: string, change: UpdateOrganization, me: Principal): Promise<Organization> {
    return this.database.transaction(async () => {
      const organization = await this.access.toChange(slug, me);
      const { member_access = organization.member_access } = change;
      if (organization.member_access === member_access) return organization;
      await this.organizations.update(organization.id, member_access);
      const act = { action: 'organization.update', subject: organization.slug, details: { member_access } } as const;
      await this.ledger.record(me, act);
      return { ...organization, member_access };
    });
  }
}
