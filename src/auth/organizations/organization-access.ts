import { Injectable } from '@nestjs/common';
import { isWithinBinding } from '../access/access-policy.js';
import { actsAsAdmin, type Principal } from '../access/principal.js';
import { NotOrganizationOwner, OrganizationNotFound } from '../auth.errors.js';
import { OrganizationLookup, type OrganizationRecord } from './organization-lookup.js';

/** Finds organizations for callers: for who is neither member nor admin there are none. */
@Injectable()
export class OrganizationAccess {
  constructor(private readonly organizations: OrganizationLookup) {}

  /** @throws OrganizationNotFound */
  async toRead(slug: string, me: Principal): Promise<OrganizationRecord> {
    const organization = await this.organizations.find(slug, me.userId);
    if (!organization || !isKnownTo(me, organization)) throw OrganizationNotFound();
    return organization;
  }

  /**
   * Lets members leave by themselves; every other change is for owners and admins. Locks the organization until the
   * running transaction ends. @throws OrganizationNotFound, NotOrganizationOwner
   */
  async toChange(slug: string, me: Principal, leaving = false): Promise<OrganizationRecord> {
    // Only what is read once the lock is held cannot be overtaken: a caller may have lost the role while waiting.
    await this.organizations.lock(slug);
    const organization = await this.toRead(slug, me);
    if (!leaving && organization.role !== 'owner' && !actsAsAdmin(me)) throw NotOrganizationOwner();
    return organization;
  }
}

/** A key that is bound to another owner, or to a prompt, is a stranger here, whoever holds it. */
function isKnownTo(me: Principal, { id, role }: OrganizationRecord): boolean {
  return isWithinBinding(me, { ownerId: id, promptId: '' }) && (role !== null || actsAsAdmin(me));
}
