import { SetMetadata } from '@nestjs/common';

/** The scopes of API keys. */
export const scopes = ['prompts:read', 'prompts:write', 'versions:publish', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/**
 * Who may call an operation. The access policy decides about single prompts. All of `scopes` are required of callers
 * with credentials, not of anonymous callers.
 */
export interface AccessRule {
  readonly caller: 'ignored' | 'anyone' | 'signed-in' | 'admin';
  readonly scopes: readonly Scope[];
  /** Whether a session that was opened with a password does not need the scopes. */
  readonly isPersonAllowed?: boolean;
  /** Whether pending users may call it as well. */
  readonly isPendingAllowed?: boolean;
}

/** Credentials are ignored: for probes, documentation and signed file addresses. */
export const Unauthenticated: AccessRule = { caller: 'ignored', scopes: [] };
export const Anyone: AccessRule = { caller: 'anyone', scopes: ['prompts:read'] };
export const SignedIn: AccessRule = { caller: 'signed-in', scopes: [] };
export const SignedInEvenPending: AccessRule = { caller: 'signed-in', scopes: [], isPendingAllowed: true };
export const SignedInWith = (...needed: readonly Scope[]): AccessRule => ({ caller: 'signed-in', scopes: needed });
/** For changes whose answer contains text that the caller has not sent: it requires the scope for reading as well. */
export const WriterWhoReads = SignedInWith('prompts:write', 'prompts:read');
/** For operations that require a log-in with a password, or a key with the scope `admin`. */
export const PersonOrAdminKey: AccessRule = { caller: 'signed-in', scopes: ['admin'], isPersonAllowed: true };
export const Admin: AccessRule = { caller: 'admin', scopes: ['admin'] };

export const accessRuleKey = Symbol('access rule');

/** Declares who may call a route. The start fails if a route has no declaration. */
export const Access = (rule: AccessRule) => SetMetadata(accessRuleKey, rule);
