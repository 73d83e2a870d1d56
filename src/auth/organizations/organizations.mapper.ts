import type { OrganizationRecord } from './organization-lookup.js';
import type { Organization } from './organizations.dto.js';

/** An organization as `/v1` shows it. */
export function toOrganization(organization: OrganizationRecord): Organization {
  return {
    id: organization.id,
    slug: organization.slug,
    member_access: organization.memberAccess,
    role: organization.role,
    member_count: organization.memberCount,
    created_at: new Date(organization.createdAt).toISOString(),
  };
}
