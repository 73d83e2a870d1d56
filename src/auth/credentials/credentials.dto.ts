import { z } from 'zod';
import { secretAnswer } from '../../common/http/compression/compressible.decorator.js';
import { scopes } from '../../common/http/access.decorator.js';
import { PathSegment, Text, Time, Timestamp, Uuid } from '../../common/http/scalars.js';

export const Login = z
  .object({ username: Text.max(254).optional(), email: Text.max(254).optional(), password: Text.max(200) })
  .refine(({ username, email }) => (username === undefined) !== (email === undefined), {
    path: ['username'],
    error: 'give either username or email',
    // Checked also if there are other problems, so that all are reported at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .meta({ id: 'Login', example: { username: 'admin', password: 'correct horse battery staple' } });
export type Login = z.output<typeof Login>;

export type Session = z.output<typeof Session>;
export const Session = secretAnswer(
  z.object({ token: z.string(), token_type: z.literal('Bearer'), expires_at: Timestamp }).meta({ id: 'Session' }),
);

const Scope = z.enum(scopes);
const FutureTime = Time.refine((time) => Date.parse(time) > Date.now(), 'must be in the future');

export const CreateApiKey = z
  .object({
    name: Text.min(1).max(100),
    scopes: z.array(Scope).min(1).max(scopes.length).default(['prompts:read', 'prompts:write', 'versions:publish']),
    expires_at: FutureTime.nullish().describe(
      'When it expires: never, if left out. A key that is made with an expiring key expires with that one at the latest.',
    ),
    owner: Text.max(64).nullish().describe('Slug or id of the only owner that the key may act on.'),
    prompt: Text.max(64).nullish().describe('Id of the only prompt that the key may act on.'),
  })
  .meta({ id: 'CreateApiKey', example: { name: 'laptop' } });
export type CreateApiKey = z.output<typeof CreateApiKey>;

export const ApiKeyId = PathSegment.describe('Id of the key.');

const keyFields = {
  id: Uuid,
  name: z.string(),
  scopes: z.array(Scope),
  owner_id: Uuid.optional().describe('The only owner that the key may act on, if it is bound to one.'),
  prompt_id: Uuid.optional().describe('The only prompt that the key may act on, if it is bound to one.'),
  parent_id: Uuid.optional().describe('The key that it was made with, if any: it is revoked with that one.'),
  expires_at: Timestamp.nullable(),
  created_at: Timestamp,
};

export const NewKeyInfo = z.object(keyFields);
export type NewKeyInfo = z.output<typeof NewKeyInfo>;

export const ApiKeyInfo = z
  .object({
    ...keyFields,
    expires_soon: z.boolean().describe('Whether it ends within seven days, or has ended.'),
    last_used_at: Timestamp.nullable().describe('The hour in which it was last used; null if it never was.'),
  })
  .meta({ id: 'ApiKey' });
export type ApiKeyInfo = z.output<typeof ApiKeyInfo>;

export const CreatedApiKey = secretAnswer(
  NewKeyInfo.extend({
    key: z.string().describe('The key itself. Shown in this answer only.'),
  }).meta({ id: 'CreatedApiKey' }),
);
export type CreatedApiKey = z.output<typeof CreatedApiKey>;

export const ApiKeyList = z.object({ items: z.array(ApiKeyInfo) }).meta({ id: 'ApiKeyList' });
export type ApiKeyList = z.output<typeof ApiKeyList>;
