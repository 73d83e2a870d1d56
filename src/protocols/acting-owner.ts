import type { Principal } from '../auth/access/principal.js';
import { workspaceSlug } from '../auth/accounts/owner.entity.js';

/** The owner that a call acts in, by slug or id: the workspace, unless the key that it comes with is bound to another. */
export function actingOwner({ boundOwnerId }: Principal): string {
  return boundOwnerId ?? workspaceSlug;
}

/** Whether a prompt belongs to the owner that a call acts in. */
export function isActingOwners(prompt: { ownerId: string; ownerSlug: string }, me: Principal): boolean {
  return [prompt.ownerId, prompt.ownerSlug].includes(actingOwner(me));
}
