import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../auth/access/principal.js';
import { PromptDraftsService } from '../../../../prompts/changes/prompt-drafts.service.js';
import { PromptNamesService } from '../../../../prompts/names/prompt-names.service.js';
import type { Prompt } from '../../../../prompts/prompt.entity.js';
import { NameReserved } from '../../../../prompts/prompts.errors.js';
import { actingOwner } from '../../../acting-owner.js';
import type { TemplateSave } from './template-save.js';

/** Prompts that are created with their first template. */
@Injectable()
export class TemplatePrompts {
  constructor(
    private readonly drafts: PromptDraftsService,
    private readonly names: PromptNamesService,
  ) {}

  /** The new prompt. @throws NameReserved and what a draft of a prompt throws */
  async create({ name, description = '' }: TemplateSave, caller: Principal): Promise<Prompt> {
    const input = { name, description, tags: [], visibility: 'private' as const, owner: actingOwner(caller) };
    const draft = await this.drafts.draft(input, caller);
    if (await this.names.isReserved(draft.ownerId, name)) throw NameReserved();
    return draft.create();
  }
}
