import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../auth/access/principal.js';
import { ConductorVersionsService } from '../../../../history/pointers/conductor-versions.service.js';
import { PromptChangesService } from '../../../../prompts/changes/prompt-changes.service.js';
import { Prompt } from '../../../../prompts/prompt.entity.js';
import { type PromptRecord, PromptRepository } from '../../../../prompts/prompt.repository.js';
import type { TemplateSave } from './template-save.js';
import { TemplatePrompts } from './template-prompts.service.js';
import { type TemplateRevision, TemplateRevisions } from './template-revisions.service.js';

type FoundPrompt = Pick<PromptRecord, 'id' | 'ownerSlug'>;

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

  /** Of the prompt that was found; without one it is created. @throws NameReserved, PromptExists, PromptNotFound, LabelProtected */
  async write(found: FoundPrompt | undefined, save: TemplateSave, caller: Principal): Promise<void> {
    const { prompt, draft, revision, state } = await this.writeRevision(found, save, caller);
    const { integer, highest } = state;
    await this.versions.set(prompt.id, { integer, revision, resetCreated: save.resetCreated }, caller, state);
    const { description } = draft;
    if (!found || integer < highest || description === null || description === prompt.description) return;
    await this.changes.change(prompt, found.ownerSlug, { description }, caller);
  }

  private async writeRevision(
    found: FoundPrompt | undefined,
    save: TemplateSave,
    caller: Principal,
  ): Promise<TemplateRevision & { readonly prompt: Prompt }> {
    if (!found) {
      const prompt = await this.newPrompts.create(save, caller);
      return { prompt, ...(await this.revisions.first(prompt, save, caller)) };
    }
    const prompt = await this.prompts.lockActive(found.id);
    return { prompt, ...(await this.revisions.write(prompt, save, caller)) };
  }
}
