import { z } from 'zod';
import { pageSchema } from '../../common/http/page.js';
import { patchSchema } from '../../common/http/patch.js';
import { PathSegment, Slug, Text, Timestamp, Uuid } from '../../common/http/scalars.js';

const Name = Text.min(1).max(255);
const Description = Text.max(4000);

export const CreateGroup = z
  .object({
    slug: Slug,
    name: Name.optional().describe('Display name; the slug, if left out.'),
    description: Description.default(''),
  })
  .meta({ id: 'CreateGroup', example: { slug: 'support-team', name: 'Support', description: 'Answers tickets.' } });
export type CreateGroup = z.output<typeof CreateGroup>;

export const UpdateGroup = patchSchema({ name: Name, description: Description }, {}).meta({
  id: 'UpdateGroup',
  example: { name: 'Support, first level' },
});
export type UpdateGroup = z.output<typeof UpdateGroup>;

export const Group = z
  .object({
    id: Uuid,
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    member_count: z.int(),
    created_at: Timestamp,
  })
  .meta({ id: 'Group' });
export type Group = z.output<typeof Group>;

export const GroupMember = z.object({ id: Uuid, username: z.string() }).meta({ id: 'GroupMember' });
export type GroupMember = z.output<typeof GroupMember>;

export const GroupDetails = Group.extend({
  members: z
    .array(GroupMember)
    .optional()
    .describe('By user name, a page of them; for administrators and for members of the group only.'),
}).meta({ id: 'GroupDetails' });
export type GroupDetails = z.output<typeof GroupDetails>;

export const GroupPage = pageSchema('groups');
export const GroupMemberPage = pageSchema('members');

export const GroupList = z.object({ items: z.array(Group), limit: z.int(), offset: z.int() }).meta({ id: 'GroupList' });
export type GroupList = z.output<typeof GroupList>;

export const GroupId = PathSegment.describe('Slug or id of the group.');

export const GroupMemberPath = z.object({ id: GroupId, user: PathSegment.describe('Name or id of the user.') });
export type GroupMemberPath = z.output<typeof GroupMemberPath>;
