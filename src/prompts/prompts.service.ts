import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Caller, Principal } from '../auth/access/principal.js';
import type { KeyTargetPolicy } from '../auth/credentials/api-keys/key-target.policy.js';
import { assertSameIdentity } from '../common/http/patch.js';
import { PromptAccessService } from './prompt-access.service.js';
import { PromptChangesService } from './changes/prompt-changes.service.js';
import { PromptDraftsService } from './changes/prompt-drafts.service.js';
import { Prompt } from './prompt.entity.js';
import { PromptRepository } from './prompt.repository.js';
import type { CreatePrompt, PromptDetails, PromptPath, PromptSummary, UpdatePrompt } from './prompts.dto.js';
import { toPrompt, toPromptSummary } from './prompts.mapper.js';

/** The identity of prompts as `/v1` creates, reads and changes it. */
@Injectable()
export class PromptsService implements KeyTargetPolicy {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly access: PromptAccessService,
    private readonly drafts: PromptDraftsService,
    private readonly changes: PromptChangesService,
  ) {}

  /** @throws OwnerNotFound, NotPromptOwner, KeyBoundElsewhere, PromptExists */
  async create(input: CreatePrompt, caller: Principal): Promise<PromptSummary> {
    const draft = await this.drafts.draft(input, caller);
    await this.em.transactional(() => draft.create());
    return toPromptSummary(await this.access.byId(draft.id, caller));
  }

  /** @throws PromptNotFound */
  async getById(id: string, caller: Caller): Promise<PromptDetails> {
    return toPrompt(await this.access.byId(id, caller));
  }

  /** @throws PromptNotFound */
  async getByPath({ owner, name }: PromptPath, caller: Caller): Promise<PromptDetails> {
    return toPrompt(await this.access.byPath(owner, name, caller));
  }

  /** Any writer may change a prompt, but visibility and the contract's enforcement are for its owner to change. */
  async update(id: string, { name: repeatedName, ...change }: UpdatePrompt, caller: Principal): Promise<PromptDetails> {
    const isOwnerOnly = change.visibility !== undefined || change.enforce_variable_contract !== undefined;
    const { ownerSlug } = await this.access.byId(id, caller, isOwnerOnly ? 'own' : 'write');
    await this.em.transactional(async () => {
      const prompt = await this.prompts.lockActive(id);
      assertSameIdentity({ name: [repeatedName, prompt.name] });
      await this.changes.change(prompt, ownerSlug, change, caller);
    });
    return this.getById(id, caller);
  }

  async assertVisible(promptId: string, caller: Principal): Promise<void> {
    await this.access.byId(promptId, caller);
  }
}
