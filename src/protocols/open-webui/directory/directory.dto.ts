import { z } from 'zod';
import { Text } from '../../../common/http/scalars.js';
import { UserModel } from '../prompt-model.js';
import { Seconds } from '../seconds.js';

export const GroupModel = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    member_count: z.int(),
    created_at: Seconds,
  })
  .meta({ id: 'OpenWebUiGroup' });
export type GroupModel = z.output<typeof GroupModel>;

export const GroupModels = z.array(GroupModel).meta({ id: 'OpenWebUiGroups' });

export const UserSearch = z.object({
  query: Text.default('').describe('Part of the name, the user name or the email address, in whatever case.'),
  page: z.coerce.number().int().default(1).describe('30 users each; below 1 is 1.'),
});
export type UserSearch = z.output<typeof UserSearch>;

export const FoundUsers = z
  .object({
    users: z.array(UserModel.extend({ profile_image_url: z.string() }).meta({ id: 'OpenWebUiFoundUser' })),
    total: z.int().describe('How many there are on all pages.'),
  })
  .meta({ id: 'OpenWebUiFoundUsers' });
export type FoundUsers = z.output<typeof FoundUsers>;
