import { Injectable } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { UserDirectory } from '../../../auth/accounts/user-directory.js';
import type { Principal } from '../../../auth/access/principal.js';
import { profileImageUrl } from '../profile-image.js';
import type { Permissions, SessionUser } from './sessions.dto.js';
import { WorkspacePermissions } from './workspace-permissions.js';

/** Tells the front end who is signed in, and what they may do. */
@Injectable()
export class SessionUsersService {
  constructor(
    private readonly directory: UserDirectory,
    private readonly permissions: WorkspacePermissions,
  ) {}

  async describe(me: Principal, token: string): Promise<SessionUser> {
    const [{ id, email, name, role }, canCreatePrompts] = await Promise.all([
      this.directory.get(me.userId),
      this.permissions.mayCreatePrompts(me),
    ]);
    const user = { id, email, name, role, profile_image_url: profileImageUrl };
    const session = { token, token_type: 'Bearer' as const, expires_at: expiryOf(token) };
    return { ...session, ...user, permissions: permissionsWith(canCreatePrompts) };
  }
}

/** In seconds since 1970, as a token says that has been found good; null for those that do not say. */
function expiryOf(token: string): number | null {
  try {
    return decodeJwt(token).exp ?? null;
  } catch {
    return null;
  }
}

function permissionsWith(canCreatePrompts: boolean): Permissions {
  return {
    workspace: {
      models: false,
      knowledge: false,
      prompts: canCreatePrompts,
      prompts_import: canCreatePrompts,
      prompts_export: canCreatePrompts,
      tools: false,
    },
    sharing: { prompts: true, public_prompts: true },
  };
}
