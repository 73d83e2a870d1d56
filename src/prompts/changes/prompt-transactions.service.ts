import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Action } from '../../auth/access/access-policy.js';
import type { Principal } from '../../auth/access/principal.js';
import { PromptAccessService } from '../prompt-access.service.js';
import type { Prompt } from '../prompt.entity.js';
import type { PromptPath } from '../prompts.dto.js';

/** Changes of a prompt and of its history, one at a time for each prompt. */
@Injectable()
export class PromptTransactions {
  constructor(
    private readonly em: EntityManager,
    private readonly access: PromptAccessService,
  ) {}

  /**
   * Works in one transaction, under the prompt's lock, for a caller who may do the action.
   * @throws PromptNotFound, NotPromptOwner
   */
  async change<T>(
    { owner, name }: PromptPath,
    caller: Principal,
    action: Action,
    work: (prompt: Prompt) => Promise<T>,
  ): Promise<T> {
    return this.em.transactional(async () => work(await this.access.lock(owner, name, caller, action)));
  }
}
