import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Page } from '../../common/http/page.js';
import { isStorableText } from '../../common/http/scalars.js';
import { slugOrId } from '../../common/http/slug-or-id.js';
import type { Membership } from '../accounts/membership.entity.js';
import type { Owner } from '../accounts/owner.entity.js';
import {
  lockOrganization,
  organizationBySlugOrId,
  organizationPageOfAll,
  organizationPageOfMember,
} from './organizations.queries.js';

/** An organization as it is read: with the user's role in it and the number of its members. */
export interface OrganizationRecord extends Pick<Owner, 'id' | 'slug' | 'memberAccess'> {
  readonly role: Membership['role'] | null;
  readonly memberCount: number;
  readonly createdAt: Date | string;
}

/** Which organizations are listed, with the user's role in each. */
export interface OrganizationFilter {
  readonly userId: string;
  /** Administrators see every organization, also those without them as members. */
  readonly isAdmin: boolean;
  /** Only this one. */
  readonly organizationId: string | undefined;
}

/** Finds organizations, which are owners with members. */
@Injectable()
export class OrganizationLookup {
  constructor(private readonly em: EntityManager) {}

  page(
    { userId, isAdmin, organizationId }: OrganizationFilter,
    { limit, offset }: Page,
  ): Promise<OrganizationRecord[]> {
    const statement = isAdmin ? organizationPageOfAll : organizationPageOfMember;
    return this.em.execute<OrganizationRecord[]>(statement, [userId, organizationId ?? null, limit, offset]);
  }

  /** The organization by its slug or id, with the user's role. */
  async find(slug: string, userId: string): Promise<OrganizationRecord | undefined> {
    if (!isStorableText(slug)) return undefined;
    const values = [...slugOrId(slug), userId];
    return (await this.em.execute<OrganizationRecord[]>(organizationBySlugOrId, values))[0];
  }

  /** Locks the organization, if there is one: it and its members change one after the other. */
  async lock(slug: string): Promise<void> {
    if (isStorableText(slug)) await this.em.execute(lockOrganization, slugOrId(slug));
  }
}
