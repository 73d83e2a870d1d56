import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../auth/access/principal.js';
import { OwnersRepository, type OwnerWithRole } from '../../../../auth/identity/owners.repository.js';
import { isError } from '../../../../common/errors/define-error.js';
import { Database } from '../../../../database/database.js';
import { IntegerPointers } from '../../../../prompts/labels/integer-pointers.js';
import { Prompt } from '../../../../prompts/prompt.entity.js';
import { NameRetired, PromptExists, PromptNotFound } from '../../../../prompts/prompts.errors.js';
import { PromptRepository } from '../../../../prompts/prompt.repository.js';
import { PromptChangesService } from '../../../../prompts/prompt-changes.service.js';
import { PromptDraftsService } from '../../../../prompts/prompt-drafts.service.js';
import { PromptNamesService } from '../../../../prompts/prompt-names.service.js';
import { digestOf } from '../../../../prompts/revisions/revision-content.js';
import {
  blank,
  changed,
  draftOf,
  type RevisionChange,
  type RevisionDraft,
} from '../../../../prompts/revisions/revision-draft.js';
import { RevisionWriter } from '../../../../prompts/revisions/revision-writer.js';
import type { Revision } from '../../../../prompts/revisions/revision.entity.js';
import { RevisionsRepository } from '../../../../prompts/revisions/revisions.repository.js';
import { readBack } from '../../../../prompts/template/shown-as.js';
import { actingOwner } from '../../../acting-owner.js';
import { Integrations } from '../../integrations/integrations.service.js';
import { TemplateAccess } from '../template-access.js';
import type { TemplateSave } from './template-save.js';
import { changedSettings } from '../template-settings.js';

/** Each attempt but the last has lost a race against somebody who made or deleted the prompt at the same moment. */
const mostAttempts = 5;

/** Saves templates: a version is a pointer, so that what is saved over stays in the prompt's history. */
@Injectable()
export class TemplateWriter {
  constructor(
    private readonly database: Database,
    private readonly owners: OwnersRepository,
    private readonly access: TemplateAccess,
    private readonly integrations: Integrations,
    @InjectRepository(Prompt) private readonly rows: PromptRepository,
    private readonly drafts: PromptDraftsService,
    private readonly names: PromptNamesService,
    private readonly changes: PromptChangesService,
    private readonly revisions: RevisionsRepository,
    private readonly writer: RevisionWriter,
    private readonly integers: IntegerPointers,
  ) {}

  /** @throws MayNotUpdate, IntegrationNotFound, LabelProtected, NameRetired and what making a prompt throws */
  async save(save: TemplateSave, me: Principal): Promise<void> {
    const owner = await this.owners.get(actingOwner(me));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.database.transaction(() => this.attempt(owner, save, me));
      } catch (error) {
        const isRaceLost = isError(error, PromptExists) || isError(error, PromptNotFound);
        if (!isRaceLost || attempt === mostAttempts) throw error;
      }
    }
  }

  private async attempt(owner: OwnerWithRole, save: TemplateSave, me: Principal): Promise<void> {
    const found = await this.access.find(save.name, me, 'UPDATE');
    await this.integrations.assertUsable(owner.id, save.settings.integrations ?? [], me);
    const id = found?.id ?? (await this.create(owner, save, me));
    const prompt = await this.rows.lockActive(id);
    const highest = (await this.integers.highest(id)) ?? 0;
    const integer = integerOf(save, highest);
    const { draft, revision } = await this.revise(prompt, save, { integer, highest }, me);
    await this.integers.point(id, { integer, revision, isAnew: save.isAnew }, me);
    const { description } = draft;
    if (integer < highest || description === null || description === prompt.description) return;
    await this.changes.change(prompt, owner.slug, { description }, me);
  }

  private async create(owner: OwnerWithRole, { name, description = '' }: TemplateSave, me: Principal): Promise<string> {
    const wish = { name, description, tags: [], visibility: 'private' as const, owner: owner.id };
    const draft = await this.drafts.draft(wish, me);
    if (await this.names.isReserved(owner.id, name)) throw NameRetired();
    await draft.create();
    return draft.id;
  }

  /** Makes the revision that the version is to point to; saved as it was shown, that is the one that was shown. */
  private async revise(
    prompt: Prompt,
    save: TemplateSave,
    { integer, highest }: { readonly integer: number; readonly highest: number },
    me: Principal,
  ): Promise<{ readonly draft: RevisionDraft; readonly revision: number }> {
    const newest = await this.revisions.newest(prompt.id);
    const shown = (await this.pointedTo(prompt.id, integer)) ?? (await this.pointedTo(prompt.id, highest)) ?? newest;
    const before = shown ? draftOf(shown) : blank(prompt);
    const draft = changed(before, changeOf(save, before));
    if (shown && digestOf(draft) === shown.digest) return { draft, revision: shown.number };
    const by = { me, message: `Save version ${integer}` };
    const { revision } = await this.writer.write(prompt, newest, { ...draft, tags: prompt.tags }, by);
    return { draft, revision: revision.number };
  }

  private async pointedTo(promptId: string, integer: number): Promise<Revision | null> {
    const number = await this.integers.find(promptId, integer);
    return number === undefined ? null : this.revisions.byNumber(promptId, number);
  }
}

function integerOf({ version }: TemplateSave, highest: number): number {
  if (version === 'next') return highest + 1;
  return version === 'highest' ? Math.max(highest, 1) : version;
}

function changeOf({ template, description, settings }: TemplateSave, before: RevisionDraft): RevisionChange {
  const { text: content, syntax } = readBack(template, 'dollar', { text: before.content, syntax: before.syntax });
  const isShown = description === (before.description ?? '');
  return {
    content,
    syntax,
    description: isShown ? undefined : description,
    settings: changedSettings(before.settings, settings),
  };
}
