import { z } from 'zod';
import { pageSchema } from '../../common/http/page.js';
import { patchSchema } from '../../common/http/patch.js';
import { PathSegment, Slug, Timestamp, Uuid } from '../../common/http/scalars.js';

const MemberAccess = z
  .enum(['none', 'read', 'write'])
  .describe('What members may do to each other’s private prompts here.');
const MemberRole = z.enum(['owner', 'member']);
export type MemberRole = z.output<typeof MemberRole>;

export const CreateOrganization = z
  .object({ slug: Slug, member_access: MemberAccess.default('read') })
  .meta({ id: 'CreateOrganization', example: { slug: 'acme', member_access: 'write' } });
export type CreateOrganization = z.output<typeof CreateOrganization>;

export const UpdateOrganization = patchSchema({ member_access: MemberAccess }, {}).meta({
  id: 'UpdateOrganization',
  example: { member_access: 'none' },
});
export type UpdateOrganization = z.output<typeof UpdateOrganization>;

export const Organization = z
  .object({
    id: Uuid,
    slug: z.string(),
    member_access: MemberAccess,
    role: MemberRole.nullable().describe('The caller’s role, or null for an administrator who is not a member.'),
    member_count: z.int(),
    created_at: Timestamp,
  })
  .meta({ id: 'Organization' });
export type Organization = z.output<typeof Organization>;

export const OrganizationMember = z
  .object({ id: Uuid, username: z.string(), role: MemberRole })
  .meta({ id: 'OrganizationMember' });
export type OrganizationMember = z.output<typeof OrganizationMember>;

export const OrganizationDetails = Organization.extend({
  members: z.array(OrganizationMember).describe('By user name, a page of them.'),
}).meta({ id: 'OrganizationDetails' });
export type OrganizationDetails = z.output<typeof OrganizationDetails>;

export const OrganizationPage = pageSchema('organizations');
export const OrganizationMemberPage = pageSchema('members');

export const OrganizationList = z
  .object({ items: z.array(Organization), limit: z.int(), offset: z.int() })
  .meta({ id: 'OrganizationList' });
export type OrganizationList = z.output<typeof OrganizationList>;

export const OrganizationSlug = PathSegment.describe('Slug or id of the organization.');

export const OrganizationMemberPath = z.object({
  slug: OrganizationSlug,
  user: PathSegment.describe('Name or id of the user.'),
});
export type OrganizationMemberPath = z.output<typeof OrganizationMemberPath>;

export const SetOrganizationMember = z
  .object({ role: MemberRole })
  .meta({ id: 'SetOrganizationMember', example: { role: 'member' } });
export type SetOrganizationMember = z.output<typeof SetOrganizationMember>;
