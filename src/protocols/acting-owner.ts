import type { Principal } from '../auth/access/principal.js';
import { workspaceSlug } from '../auth/identity/owner.entity.js';

/** The owner that a call acts in, by slug or id: the workspace, unless the key that it comes with is bound to another. */
export function actingOwner({ boundOwnerId }: Principal): string {
  return boundOwnerId ?? workspaceSlug;
}

/** Whether a prompt belongs to the owner that a call acts in. */
export function isActingOwners(prompt: { owner_id: string; owner_username: string }, me: Principal): boolean {
  return [prompt.owner_id, prompt.owner_username].includes(actingOwner(me));
}
