import { z } from 'zod';
import { Text, Timestamp, Uuid } from '../../common/http/scalars.js';
import { allUsers } from './grant.js';

const PrincipalType = z.enum(['user', 'group']);
const GrantPermission = z.enum(['read', 'write']);

const GrantItem = z
  .object({
    principal_type: PrincipalType,
    principal: Text.min(1)
      .max(64)
      .describe('Slug or id of the user or group; `*`, as a user, is all who are signed in.'),
    permission: GrantPermission,
  })
  .refine(({ principal_type, principal }) => principal !== allUsers || principal_type === 'user', {
    path: ['principal'],
    error: '* goes with principal_type user',
  });

export const SetGrants = z.object({ items: z.array(GrantItem).max(1000) }).meta({
  id: 'SetGrants',
  example: { items: [{ principal_type: 'user', principal: '*', permission: 'read' }] },
});
export type SetGrants = z.output<typeof SetGrants>;

const GrantView = z
  .object({
    id: Uuid,
    principal_type: PrincipalType,
    principal: z.string().describe('Id of the user or group, or `*`.'),
    name: z.string().describe('Slug of the user or group, or `*`.'),
    permission: GrantPermission,
    created_at: Timestamp,
  })
  .meta({ id: 'Grant' });

export const GrantList = z.object({ items: z.array(GrantView) }).meta({ id: 'GrantList' });
export type GrantList = z.output<typeof GrantList>;
