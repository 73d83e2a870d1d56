import { z } from 'zod';
import { PathSegment, Text } from '../../../common/http/scalars.js';

const Access = z.enum(['READ', 'EXECUTE', 'UPDATE', 'DELETE']);
export type Access = z.output<typeof Access>;

const Subject = z
  .object({
    type: z.enum(['USER', 'GROUP']),
    id: Text.min(1).max(64).describe('Name or id of the user or group; `*`, as a user, is all who are signed in.'),
  })
  .refine(({ type, id }) => id !== '*' || type === 'USER', { path: ['id'], error: '* goes with the type USER' });
export type Subject = z.output<typeof Subject>;

const TargetType = z.enum(['PROMPT', 'INTEGRATION_PROVIDER']);

const Target = z.object({
  type: TargetType,
  id: Text.min(1).max(255).describe('Name of the prompt or of the provider.'),
});
export type Target = z.output<typeof Target>;

export const Authorization = z
  .object({
    subject: Subject,
    target: Target,
    access: z.array(Access).min(1).max(20).describe('READ and EXECUTE are to read, UPDATE and DELETE to write.'),
  })
  .meta({
    id: 'ConductorAuthorization',
    example: {
      subject: { type: 'USER', id: '*' },
      target: { type: 'PROMPT', id: 'support-answer' },
      access: ['READ', 'EXECUTE'],
    },
  });
export type Authorization = z.output<typeof Authorization>;

export const TargetPath = z.object({
  type: TargetType.describe('What it is.'),
  id: PathSegment.describe('Name of the prompt or provider.'),
});

const Subjects = z.array(z.object({ type: z.string(), id: z.string() })).optional();

export const Permissions = z
  .object({ READ: Subjects, EXECUTE: Subjects, UPDATE: Subjects, DELETE: Subjects })
  .meta({ id: 'ConductorPermissions', example: { READ: [{ type: 'USER', id: 'ada' }] } });
export type Permissions = z.output<typeof Permissions>;
