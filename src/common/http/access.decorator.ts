import { SetMetadata } from '@nestjs/common';

/** What an API key must have been given for an operation. */
export const scopes = ['prompts:read', 'prompts:write', 'versions:publish', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/**
 * Who may call an operation at all; what they may do to one prompt is the access policy's business.
 * `scope` binds callers with credentials only: a stranger has none to lack.
 */
export interface AccessRule {
  readonly caller: 'ignored' | 'anyone' | 'signed-in' | 'admin';
  readonly scope?: Scope;
  /** Whether those may call it as well who have signed up and not been let in yet. */
  readonly evenPending?: boolean;
}

/** Credentials are not even looked at: probes, documentation, signed file addresses. */
export const Unauthenticated: AccessRule = { caller: 'ignored' };
export const Anyone: AccessRule = { caller: 'anyone', scope: 'prompts:read' };
export const SignedIn: AccessRule = { caller: 'signed-in' };
export const SignedInEvenPending: AccessRule = { caller: 'signed-in', evenPending: true };
export const SignedInWith = (scope: Scope): AccessRule => ({ caller: 'signed-in', scope });
export const Admin: AccessRule = { caller: 'admin', scope: 'admin' };

export const ACCESS_RULE = Symbol('access rule');

/** Declares who may call a route. A route without this declaration makes the start fail. */
export const Access = (rule: AccessRule) => SetMetadata(ACCESS_RULE, rule);
