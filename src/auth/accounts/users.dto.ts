import { z } from 'zod';
import { secretAnswer } from '../../common/http/compression/compressible.decorator.js';
import { pageSchema } from '../../common/http/page.js';
import { patchSchema } from '../../common/http/patch.js';
import { PathSegment, Slug, Text, Timestamp, Uuid } from '../../common/http/scalars.js';
import { roles } from './account.entity.js';

export const Email = Text.max(254)
  .regex(/^[^\s@]+@[^\s@]+$/, 'must be an email address')
  .meta({ format: 'email' });
export const Password = Text.min(8).max(200);
const Role = z.enum(roles);

export const CreateUser = z
  .object({ username: Slug, email: Email, password: Password.optional(), role: Role.default('user') })
  .meta({ id: 'CreateUser', example: { username: 'alice', email: 'alice@example.com' } });
export type CreateUser = z.output<typeof CreateUser>;

export const UpdateUser = patchSchema({ email: Email, password: Password, role: Role }, {}).meta({
  id: 'UpdateUser',
  example: { role: 'admin' },
});
export type UpdateUser = z.output<typeof UpdateUser>;

export const User = z
  .object({ id: Uuid, username: z.string(), email: z.string(), role: Role, created_at: Timestamp })
  .meta({ id: 'User' });
export type User = z.output<typeof User>;

export const CreatedUser = secretAnswer(
  User.extend({
    password: z
      .string()
      .optional()
      .describe('One-time password, if the request named none. Shown in this answer only.'),
  }).meta({ id: 'CreatedUser' }),
);
export type CreatedUser = z.output<typeof CreatedUser>;

export const UserId = PathSegment.describe('Id of the user.');

export const UserPage = pageSchema('users');
export type UserPage = z.output<typeof UserPage>;

export const UserList = z.object({ items: z.array(User), limit: z.int(), offset: z.int() }).meta({ id: 'UserList' });
export type UserList = z.output<typeof UserList>;

export const ChangePassword = z.object({ current_password: z.string().max(200), new_password: Password }).meta({
  id: 'ChangePassword',
  example: { current_password: 'correct horse battery staple', new_password: 'incorrect donkey accumulator clip' },
});
export type ChangePassword = z.output<typeof ChangePassword>;
