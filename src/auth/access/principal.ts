import type { Scope } from '../../common/http/access.decorator.js';
import type { Protocol } from '../../common/protocol.js';

/** Who is calling, and with what rights. */
export interface Principal {
  readonly userId: string;
  readonly username: string;
  readonly isAdmin: boolean;
  /** Signed up and not let in yet: good for nothing but to see one's own account on Open WebUI. */
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

/** A principal, or a stranger. */
export type Caller = Principal | undefined;

/** Whether somebody calls as an administrator: one who is one, with credentials that are good for it. */
export function actsAsAdmin({ isAdmin, scopes }: Principal): boolean {
  return isAdmin && scopes.has('admin');
}

/** Whether somebody calls who has signed in with a password, and neither with a key nor with a token made from one. */
export function isPerson({ keyId }: Principal): boolean {
  return keyId === undefined;
}

/** Whether the credentials are meant for one owner or one prompt only. */
export function isBound({ boundOwnerId, boundPromptId }: Principal): boolean {
  return boundOwnerId !== undefined || boundPromptId !== undefined;
}
