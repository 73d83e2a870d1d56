import { SetMetadata } from '@nestjs/common';

/** What an API key must have been given for an operation. */
export const scopes = ['prompts:read', 'prompts:write', 'versions:publish', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/**
 * Who may call an operation at all; what they may do to one prompt is the access policy's business.
 * `scopes`, all of them, bind callers with credentials only: a stranger has none to lack.
 */
export interface AccessRule {
  readonly caller: 'ignored' | 'anyone' | 'signed-in' | 'admin';
  readonly scopes: readonly Scope[];
  /** Whether a session that was opened with a password needs none of the scopes. */
  readonly orPerson?: boolean;
  /** Whether those may call it as well who have signed up and not been let in yet. */
  readonly evenPending?: boolean;
}

/** Credentials are not even looked at: probes, documentation, signed file addresses. */
export const Unauthenticated: AccessRule = { caller: 'ignored', scopes: [] };
export const Anyone: AccessRule = { caller: 'anyone', scopes: ['prompts:read'] };
export const SignedIn: AccessRule = { caller: 'signed-in', scopes: [] };
export const SignedInEvenPending: AccessRule = { caller: 'signed-in', scopes: [], evenPending: true };
export const SignedInWith = (...needed: readonly Scope[]): AccessRule => ({ caller: 'signed-in', scopes: needed });
/** For a change whose answer holds a text that the caller has not sent: who may not read must not learn it that way. */
export const WriterWhoReads = SignedInWith('prompts:write', 'prompts:read');
/** For what is a person's business: with a log-in, or with a key that was made for administration. */
export const PersonOrAdminKey: AccessRule = { caller: 'signed-in', scopes: ['admin'], orPerson: true };
export const Admin: AccessRule = { caller: 'admin', scopes: ['admin'] };

export const ACCESS_RULE = Symbol('access rule');

/** Declares who may call a route. A route without this declaration makes the start fail. */
export const Access = (rule: AccessRule) => SetMetadata(ACCESS_RULE, rule);
