import { defineError } from '../common/errors/define-error.js';

export const MissingToken = defineError('UNAUTHORIZED', 401, 'missing bearer token');
export const InvalidToken = defineError('UNAUTHORIZED', 401, 'invalid access token');
export const UnknownUser = defineError('UNAUTHORIZED', 401, 'the user of the token is unknown');
export const PendingAccount = defineError('UNAUTHORIZED', 401, 'the account has not been approved yet');
export const MissingXAuthorization = defineError('UNAUTHORIZED', 401, 'missing token in X-Authorization');
export const ExpiredToken = defineError('UNAUTHORIZED', 401, 'the access token has expired');
export const WrongKeyPair = defineError('UNAUTHORIZED', 401, 'invalid key id or secret');
export const WrongPassword = defineError('UNAUTHORIZED', 401, 'invalid username or password');
export const TooManyLogins = defineError('RATE_LIMITED', 429, 'too many failed log-ins', { retryAfterSeconds: 60 });
export const TooManySignUps = defineError('RATE_LIMITED', 429, 'too many sign-ups', { retryAfterSeconds: 60 });
export const MissingScope = defineError('FORBIDDEN', 403, 'missing scope', {
  exampleDetails: { scope: 'prompts:write' },
});
export const AdminsOnly = defineError('FORBIDDEN', 403, 'admins only');
export const BeyondOwnRights = defineError('FORBIDDEN', 403, 'beyond the rights of these credentials');
export const KeyBoundElsewhere = defineError('FORBIDDEN', 403, 'the API key is bound to another owner or prompt');
export const UserExists = defineError('CONFLICT', 409, 'user already exists');
export const EmailTaken = defineError('CONFLICT', 409, 'email already in use');
export const LastAdmin = defineError('CONFLICT', 409, 'the last administrator cannot lose the role');
export const SlugTaken = defineError('CONFLICT', 409, 'slug already in use');
export const GroupExists = defineError('CONFLICT', 409, 'group already exists');
export const LastOwner = defineError('CONFLICT', 409, 'an organization keeps at least one owner');
export const WorkspaceNotManageable = defineError('CONFLICT', 409, 'the members of the workspace cannot be changed');
export const NotOrganizationOwner = defineError('FORBIDDEN', 403, 'not organization owner');
export const GroupNotFound = defineError('NOT_FOUND', 404, 'group not found');
export const OrganizationNotFound = defineError('NOT_FOUND', 404, 'organization not found');
export const MemberNotFound = defineError('NOT_FOUND', 404, 'member not found');
export const UserNotFound = defineError('NOT_FOUND', 404, 'user not found');
export const OwnerNotFound = defineError('NOT_FOUND', 404, 'owner not found');
export const ApiKeyNotFound = defineError('NOT_FOUND', 404, 'api key not found');
/** Also what a key cannot be bound to because its maker may not see it. */
export const PromptNotFound = defineError('NOT_FOUND', 404, 'prompt not found');
