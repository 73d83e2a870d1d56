import type { Principal } from '../auth/access/principal.js';
import { workspaceSlug } from '../auth/accounts/owner.entity.js';

/** The owner that a call acts in, by slug or id: the workspace, unless the API key is bound to another owner. */
export function actingOwner({ boundOwnerId }: Principal): string {
  return boundOwnerId ?? workspaceSlug;
}

/** Whether a prompt belongs to the owner that a call acts in. */
export function belongsToActingOwner(prompt: { ownerId: string; ownerSlug: string }, caller: Principal): boolean {
  return [prompt.ownerId, prompt.ownerSlug].includes(actingOwner(caller));
}
