import { z } from 'zod';
import { secretAnswer } from '../../../common/http/compression/compressible.decorator.js';
import { Text } from '../../../common/http/scalars.js';

type OptionalText = string | null | undefined;

const keyPair = (keyId: OptionalText, keySecret: OptionalText) =>
  keyId && keySecret ? { keyId, keySecret } : undefined;
const login = (email: OptionalText, password: OptionalText) => (email && password ? { email, password } : undefined);

/** Null counts as missing, because clients send every field that they know. */
export const TokenRequest = z
  .object({
    keyId: Text.max(64).nullish().describe('Id of an API key.'),
    keySecret: Text.max(200).nullish().describe('The API key itself.'),
    email: Text.max(254).nullish(),
    password: Text.max(200).nullish(),
    expiration: z
      .number()
      .nullish()
      .describe('How long the token is good, in milliseconds; at most 24 hours, which a negative number asks for.'),
  })
  .transform(({ keyId, keySecret, email, password, expiration }, context) => {
    const expirationMs = expiration ?? 0;
    const credentials = keyPair(keyId, keySecret) ?? login(email, password);
    if (credentials) return { credentials, expirationMs };
    context.addIssue({ code: 'custom', path: ['keyId'], message: 'and keySecret are required, or email and password' });
    return z.NEVER;
  })
  .meta({
    id: 'ConductorTokenRequest',
    example: { email: 'admin@localhost', password: 'correct horse battery staple', expiration: 3_600_000 },
  });
export type TokenRequest = z.output<typeof TokenRequest>;

export const Token = secretAnswer(
  z.object({ token: z.string().describe('For the header `X-Authorization`.') }).meta({ id: 'ConductorToken' }),
);
export type Token = z.output<typeof Token>;

const Role = z.object({ name: z.enum(['ADMIN', 'USER']) });
const UserGroup = z.object({ id: z.string(), description: z.string() });

export const UserInfo = z
  .object({
    id: z.string().describe('The user name, as it stands where a template names who made it.'),
    name: z.string(),
    roles: z.array(Role),
    groups: z.array(UserGroup).describe('By id; at most 1000.'),
  })
  .meta({ id: 'ConductorUserInfo' });
export type UserInfo = z.output<typeof UserInfo>;
