import { Injectable } from '@nestjs/common';
import { type Action, type Guarded, isAllowed } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import type { ErrorFactory } from '../../../common/errors/define-error.js';
import { ConductorVersionsService } from '../../../history/pointers/conductor-versions.service.js';
import { PromptAccessService } from '../../../prompts/prompt-access.service.js';
import { PromptNotFound } from '../../../prompts/prompts.errors.js';
import type { PromptRecord } from '../../../prompts/prompt.repository.js';
import { actingOwner } from '../../acting-owner.js';
import { MayNotDelete, MayNotRead, MayNotUpdate } from './templates.errors.js';

export type TemplateAction = 'READ' | 'UPDATE' | 'DELETE';

const rules: Record<TemplateAction, readonly [Action, ErrorFactory]> = {
  READ: ['read', MayNotRead],
  UPDATE: ['write', MayNotUpdate],
  DELETE: ['write', MayNotDelete],
};

/**
 * Finds prompts by name in the owner that a call acts in. Unlike `/v1`, this protocol answers 403 for a prompt that the
 * caller may not read, and 404 only if it does not exist.
 */
@Injectable()
export class TemplateAccessService {
  constructor(
    private readonly access: PromptAccessService,
    private readonly conductorVersions: ConductorVersionsService,
  ) {}

  /** Undefined if the prompt does not exist. @throws MayNotRead, MayNotUpdate, MayNotDelete */
  async find(name: string, caller: Principal, action: TemplateAction): Promise<PromptRecord | undefined> {
    const prompt = await this.access.find(actingOwner(caller), name, caller);
    if (prompt) assertAllowed(action, prompt.guarded, caller);
    return prompt;
  }

  /** A prompt that has a version. @throws PromptNotFound and what find() throws */
  async get(name: string, caller: Principal, action: TemplateAction): Promise<PromptRecord> {
    const prompt = await this.find(name, caller, action);
    if (!prompt || !(await this.conductorVersions.hasAny(prompt.id))) throw PromptNotFound();
    return prompt;
  }
}

/** @throws MayNotRead, MayNotUpdate, MayNotDelete */
export function assertAllowed(action: TemplateAction, prompt: Guarded, caller: Principal): void {
  const [needed, refusal] = rules[action];
  if (!isAllowed(caller, needed, prompt)) throw refusal();
}
