import { Injectable } from '@nestjs/common';
import { type Action, may } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import type { ErrorFactory } from '../../../common/errors/define-error.js';
import { ConductorVersionsService } from '../../../history/labels/conductor-versions.service.js';
import { PromptAccess } from '../../../prompts/prompt-access.js';
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

/** Finds prompts by name in the owner that a call acts in; unlike `/v1` this protocol tells what is hidden from what is not there. */
@Injectable()
export class TemplateAccess {
  constructor(
    private readonly access: PromptAccess,
    private readonly conductorVersions: ConductorVersionsService,
  ) {}

  /** Undefined if there is no such prompt. @throws MayNotRead, MayNotUpdate, MayNotDelete */
  async find(name: string, me: Principal, action: TemplateAction): Promise<PromptRecord | undefined> {
    const prompt = await this.access.find(actingOwner(me), name, me);
    const [needed, refusal] = rules[action];
    if (prompt && !may(me, needed, prompt.guarded)) throw refusal();
    return prompt;
  }

  /** A prompt that has a version. @throws PromptNotFound and what find() throws */
  async get(name: string, me: Principal, action: TemplateAction): Promise<PromptRecord> {
    const prompt = await this.find(name, me, action);
    if (!prompt || !(await this.conductorVersions.hasAny(prompt.id))) throw PromptNotFound();
    return prompt;
  }
}
