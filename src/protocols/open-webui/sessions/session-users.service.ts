import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { Account } from '../../../auth/accounts/account.entity.js';
import { AccountRepository } from '../../../auth/accounts/account.repository.js';
import type { Principal } from '../../../auth/access/principal.js';
import { profileImageUrl } from '../profile-image.js';
import type { Permissions, SessionUser } from './sessions.dto.js';
import { WorkspacePermissionsService } from './workspace-permissions.service.js';

/** Tells the front end who is signed in, and what they may do. */
@Injectable()
export class SessionUsersService {
  constructor(
    @InjectRepository(Account) private readonly accounts: AccountRepository,
    private readonly permissions: WorkspacePermissionsService,
  ) {}

  async describe(caller: Principal, token: string): Promise<SessionUser> {
    const [{ id, email, name, role }, canCreatePrompts] = await Promise.all([
      this.accounts.getPerson(caller.userId),
      this.permissions.canCreatePrompts(caller),
    ]);
    const user = { id, email, name, role, profile_image_url: profileImageUrl };
    const session = { token, token_type: 'Bearer' as const, expires_at: await expiryOf(token) };
    return { ...session, ...user, permissions: permissionsWith(canCreatePrompts) };
  }
}

/** The expiry of a verified token, in seconds since 1970; null if the token has none. */
async function expiryOf(token: string): Promise<number | null> {
  const { decodeJwt } = await import('jose');
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
