import { z } from 'zod';
import { secretAnswer } from '../../../common/http/compression/compressible.decorator.js';
import { roles } from '../../../auth/accounts/account.entity.js';
import { Text } from '../../../common/http/scalars.js';

export const SignInForm = z
  .object({ email: Text, password: Text })
  .meta({ id: 'OpenWebUiSignIn', example: { email: 'admin@localhost', password: 'correct horse battery staple' } });
export type SignInForm = z.output<typeof SignInForm>;

export const SignUpForm = z
  .object({
    name: Text.max(255),
    email: Text,
    password: Text.describe('8 to 200 characters.'),
    profile_image_url: z.string().nullish().describe('Ignored: all users have the same picture.'),
  })
  .meta({
    id: 'OpenWebUiSignUp',
    example: { name: 'Alice', email: 'alice@example.com', password: 'correct horse battery staple' },
  });
export type SignUpForm = z.output<typeof SignUpForm>;

const Permissions = z
  .object({
    workspace: z.object({
      models: z.boolean(),
      knowledge: z.boolean(),
      prompts: z.boolean().describe('Whether the user may make prompts.'),
      prompts_import: z.boolean(),
      prompts_export: z.boolean(),
      tools: z.boolean(),
    }),
    sharing: z.object({ prompts: z.boolean(), public_prompts: z.boolean() }),
  })
  .meta({ id: 'OpenWebUiPermissions' });
export type Permissions = z.output<typeof Permissions>;

export const SessionUser = secretAnswer(
  z
    .object({
      token: z.string().describe('Valid wherever a token of this server is.'),
      token_type: z.literal('Bearer'),
      expires_at: z.int().nullable().describe('Seconds since 1970; null for what does not tell, such as an API key.'),
      id: z.string(),
      email: z.string(),
      name: z.string().describe('The user name until another is set.'),
      role: z.enum(roles),
      profile_image_url: z.string(),
      permissions: Permissions,
    })
    .meta({ id: 'OpenWebUiSession' }),
);
export type SessionUser = z.output<typeof SessionUser>;

export const SignedOut = z.object({ status: z.literal(true) }).meta({ id: 'OpenWebUiSignedOut' });
