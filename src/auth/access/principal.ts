import type { Scope } from '../../common/http/access.decorator.js';
import type { Protocol } from '../../common/protocol.js';

/** The authenticated caller, and the rights of the credentials. */
export interface Principal {
  readonly userId: string;
  readonly username: string;
  readonly isAdmin: boolean;
  /** Signed up, and not approved by an administrator yet. May only read the own account on Open WebUI. */
  readonly isPending: boolean;
  readonly scopes: ReadonlySet<Scope>;
  /** The protocol that the call came through. */
  readonly via: Protocol;
  /** The API key that was presented, or that the session was opened with; undefined after a password log-in. */
  readonly keyId: string | undefined;
  /** The key's binding: it acts on prompts of this owner only. */
  readonly boundOwnerId: string | undefined;
  /** The key's binding: it acts on this prompt only. */
  readonly boundPromptId: string | undefined;
}

/** A principal, or undefined for an anonymous caller. */
export type Caller = Principal | undefined;

/** Whether the caller is an administrator whose credentials have the scope `admin`. */
export function actsAsAdmin({ isAdmin, scopes }: Principal): boolean {
  return isAdmin && scopes.has('admin');
}

/** Whether the caller has signed in with a password, not with a key or a token that was created from a key. */
export function isPerson({ keyId }: Principal): boolean {
  return keyId === undefined;
}

/** Whether the credentials are bound to one owner or one prompt. */
export function isBound({ boundOwnerId, boundPromptId }: Principal): boolean {
  return boundOwnerId !== undefined || boundPromptId !== undefined;
}
