import { Injectable } from '@nestjs/common';
import { isWithinBinding } from '../access/access-policy.js';
import { actsAsAdmin, type Principal } from '../access/principal.js';
import { NotOrganizationOwner, OrganizationNotFound } from '../auth.errors.js';
import { OrganizationLookup, type OrganizationRecord } from './organization-lookup.js';

/**
 * Finds organizations for callers. An organization is not found by a caller who is neither a member nor an
 * administrator.
 */
@Injectable()
export class OrganizationAccessService {
  constructor(private readonly organizations: OrganizationLookup) {}

  /** @throws OrganizationNotFound */
  async getReadable(slug: string, caller: Principal): Promise<OrganizationRecord> {
    const organization = await this.organizations.find(slug, caller.userId);
    if (!organization || !isVisibleTo(caller, organization)) throw OrganizationNotFound();
    return organization;
  }

  /**
   * Allows members to leave; every other change requires an owner or an administrator. Locks the organization until the
   * running transaction ends. @throws OrganizationNotFound, NotOrganizationOwner
   */
  async getChangeable(slug: string, caller: Principal, isLeaving = false): Promise<OrganizationRecord> {
    // Read after the lock is held, because the caller may have lost the role while waiting.
    await this.organizations.lock(slug);
    const organization = await this.getReadable(slug, caller);
    if (!isLeaving && organization.role !== 'owner' && !actsAsAdmin(caller)) throw NotOrganizationOwner();
    return organization;
  }
}

/**
 * A key that is bound to another owner, or to a prompt, does not see the organization, even if its user is a member.
 */
function isVisibleTo(caller: Principal, { id, role }: OrganizationRecord): boolean {
  return isWithinBinding(caller, { ownerId: id, promptId: '' }) && (role !== null || actsAsAdmin(caller));
}
