import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../auth/access/principal.js';
import type { OwnerWithRole } from '../../../../auth/accounts/owner.repository.js';
import { ConductorVersionsService } from '../../../../history/pointers/conductor-versions.service.js';
import { PromptChangesService } from '../../../../prompts/changes/prompt-changes.service.js';
import { Prompt } from '../../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../../prompts/prompt.repository.js';
import type { TemplateSave } from './template-save.js';
import { TemplatePrompts } from './template-prompts.service.js';
import { TemplateRevisions } from './template-revisions.service.js';

/** Writes a version of a template, in the running transaction and under the prompt's lock. */
@Injectable()
export class TemplateVersionWriter {
  constructor(
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly newPrompts: TemplatePrompts,
    private readonly versions: ConductorVersionsService,
    private readonly revisions: TemplateRevisions,
    private readonly changes: PromptChangesService,
  ) {}

  /** Of the prompt with the id; without one it is created. @throws NameReserved, PromptExists, PromptNotFound, LabelProtected */
  async write(
    owner: OwnerWithRole,
    promptId: string | undefined,
    save: TemplateSave,
    caller: Principal,
  ): Promise<void> {
    const id = promptId ?? (await this.newPrompts.create(owner, save, caller));
    const prompt = await this.prompts.lockActive(id);
    const state = await this.versions.state(id, save.version);
    const { integer, highest } = state;
    const { draft, revision } = await this.revisions.write(prompt, save, state, caller);
    await this.versions.set(id, { integer, revision, resetCreated: save.resetCreated }, caller, state);
    const { description } = draft;
    if (integer < highest || description === null || description === prompt.description) return;
    await this.changes.change(prompt, owner.slug, { description }, caller);
  }
}
