import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { IntegrationPermissions } from './integration-permissions.service.js';
import type { Authorization, Permissions, Target } from './permissions.dto.js';
import { PromptPermissions } from './prompt-permissions.service.js';

/** Permissions, by what they are on. */
@Injectable()
export class PermissionsService {
  constructor(
    private readonly prompts: PromptPermissions,
    private readonly integrations: IntegrationPermissions,
  ) {}

  list(target: Target, me: Principal): Promise<Permissions> {
    return this.on(target).list(target.id, me);
  }

  add(wish: Authorization, me: Principal): Promise<void> {
    return this.on(wish.target).add(wish, me);
  }

  remove(wish: Authorization, me: Principal): Promise<void> {
    return this.on(wish.target).remove(wish, me);
  }

  private on({ type }: Pick<Target, 'type'>): PromptPermissions | IntegrationPermissions {
    return type === 'PROMPT' ? this.prompts : this.integrations;
  }
}
