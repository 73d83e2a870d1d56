import { EntityRepository } from '@mikro-orm/postgresql';
import type { Page } from '../../common/http/page.js';
import { Membership } from '../accounts/membership.entity.js';
import { organizationMemberPage, otherOrganizationOwner } from './organizations.queries.js';

/** A member as the organization's page shows it. */
export interface MemberRecord {
  readonly id: string;
  readonly username: string;
  readonly role: Membership['role'];
}

/** The members of organizations, and their roles. */
export class MembershipRepository extends EntityRepository<Membership> {
  /** By user name. */
  page(organizationId: string, { limit, offset }: Page): Promise<MemberRecord[]> {
    return this.em.execute<MemberRecord[]>(organizationMemberPage, [organizationId, limit, offset]);
  }

  /** Whether another user is an owner who can sign in. */
  async hasOtherOwner(organizationId: string, userId: string): Promise<boolean> {
    return (await this.em.execute(otherOrganizationOwner, [organizationId, userId])).length > 0;
  }
}

Membership.setCustomRepository(() => MembershipRepository);
