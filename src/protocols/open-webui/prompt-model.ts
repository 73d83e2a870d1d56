import { z } from 'zod';
import { shownAs } from '@promptyard/template/convert-syntax.js';
import type { LiveGrant, LivePrompt } from '../../history/live/live-prompt.js';
import { toSeconds, Seconds } from './seconds.js';

const Fields = z.record(z.string(), z.unknown());

export const AccessGrant = z
  .object({
    id: z.string(),
    resource_type: z.literal('prompt'),
    resource_id: z.string().describe('Id of the prompt.'),
    principal_type: z.enum(['user', 'group']),
    principal_id: z.string().describe('Id of the user or group; `*`, as a user, is every user who is signed in.'),
    permission: z.enum(['read', 'write']),
    created_at: Seconds,
  })
  .meta({ id: 'OpenWebUiAccessGrant' });

export const PromptModel = z
  .object({
    id: z.string(),
    command: z.string().describe('The command; the name of the prompt on the other protocols.'),
    user_id: z.string().describe('Id of its author.'),
    name: z.string().describe('Its title.'),
    content: z.string().describe('The live text, with its variables as `{{name}}`.'),
    data: Fields,
    meta: Fields,
    tags: z.array(z.string()),
    is_active: z.boolean(),
    version_id: z.string().nullable().describe('Id of the history entry that is live.'),
    created_at: Seconds,
    updated_at: Seconds,
    access_grants: z.array(AccessGrant),
  })
  .meta({ id: 'OpenWebUiPrompt' });
export type PromptModel = z.output<typeof PromptModel>;

export const PromptList = z.array(PromptModel).meta({ id: 'OpenWebUiPrompts' });

/** The author of a prompt or a history entry. */
export const UserModel = z
  .object({ id: z.string(), name: z.string(), role: z.enum(['admin', 'user', 'pending']), email: z.string() })
  .meta({ id: 'OpenWebUiUser' });
export type UserModel = z.output<typeof UserModel>;

/** A prompt with what the caller may do to it. */
export const PromptAccessModel = PromptModel.extend({
  user: UserModel.nullable().describe('The author; in lists only.'),
  write_access: z.boolean(),
}).meta({ id: 'OpenWebUiPromptWithAccess' });
export type PromptAccessModel = z.output<typeof PromptAccessModel>;

export function toPromptModel(live: LivePrompt): PromptModel {
  return {
    id: live.id,
    command: live.name,
    user_id: live.createdBy,
    name: live.title ?? live.name,
    content: shownAs({ text: live.content, syntax: live.syntax }, 'braces'),
    data: live.data,
    meta: live.meta,
    tags: [...live.tags],
    is_active: live.isActive,
    version_id: live.productionId,
    created_at: toSeconds(live.createdAt),
    updated_at: toSeconds(live.updatedAt),
    access_grants: live.grants.map((grant) => toAccessGrant(live, grant)),
  };
}

function toAccessGrant({ id: promptId }: LivePrompt, grant: LiveGrant): z.output<typeof AccessGrant> {
  return {
    id: grant.id,
    resource_type: 'prompt',
    resource_id: promptId,
    principal_type: grant.principalType,
    principal_id: grant.principalId,
    permission: grant.permission,
    created_at: grant.createdAt,
  };
}
