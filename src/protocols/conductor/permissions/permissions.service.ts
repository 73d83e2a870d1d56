import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { IntegrationPermissionsService } from './integration-permissions.service.js';
import type { Authorization, Permissions, Target } from './permissions.dto.js';
import { PromptPermissionsService } from './prompt-permissions.service.js';

/** Dispatches permissions by the type of their target. */
@Injectable()
export class PermissionsService {
  constructor(
    private readonly prompts: PromptPermissionsService,
    private readonly integrations: IntegrationPermissionsService,
  ) {}

  list(target: Target, caller: Principal): Promise<Permissions> {
    return this.serviceFor(target).list(target.id, caller);
  }

  add(input: Authorization, caller: Principal): Promise<void> {
    return this.serviceFor(input.target).add(input, caller);
  }

  remove(input: Authorization, caller: Principal): Promise<void> {
    return this.serviceFor(input.target).remove(input, caller);
  }

  private serviceFor({ type }: Pick<Target, 'type'>): PromptPermissionsService | IntegrationPermissionsService {
    return type === 'PROMPT' ? this.prompts : this.integrations;
  }
}
