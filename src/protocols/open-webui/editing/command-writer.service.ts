import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { GrantsService } from '../../../prompts/grants/grants.service.js';
import { LabelMover } from '../../../history/pointers/label-mover.js';
import { production } from '../../../history/pointers/label-name.js';
import { PromptNotFound } from '../../../prompts/prompts.errors.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { PromptDraftsService } from '../../../prompts/changes/prompt-drafts.service.js';
import { emptyDraft, applyChange } from '../../../history/revisions/revision-draft.js';
import { RevisionWriter } from '../../../history/revisions/revision-writer.js';
import { Revision } from '../../../history/revisions/revision.entity.js';
import { RevisionRepository } from '../../../history/revisions/revision.repository.js';
import { actingOwner } from '../../acting-owner.js';
import { MayNotCreate } from '../open-webui.errors.js';
import type { PromptModel } from '../prompt-model.js';
import { WorkspacePermissionsService } from '../sessions/workspace-permissions.service.js';
import { toEdit } from './command-edit.js';
import { redactAnswer, fieldsOf } from './redact-answer.js';
import { checkedText } from './command-text.js';
import type { CommandForm } from './editing.dto.js';
import { type LockedPrompt, PromptLock } from './prompt-lock.js';
import { isGranted, GrantResolver } from './grant-resolver.js';

/** Saves forms of the editor, as a new prompt or a new history entry. */
@Injectable()
export class CommandWriterService {
  constructor(
    private readonly em: EntityManager,
    private readonly permissions: WorkspacePermissionsService,
    private readonly lock: PromptLock,
    private readonly grantResolver: GrantResolver,
    @InjectRepository(Prompt) private readonly promptsRepository: PromptRepository,
    private readonly drafts: PromptDraftsService,
    private readonly grants: GrantsService,
    @InjectRepository(Revision) private readonly revisions: RevisionRepository,
    private readonly writer: RevisionWriter,
    private readonly labels: LabelMover,
  ) {}

  /** @throws MayNotCreate, PromptExists, PayloadTooLarge and what a draft of a prompt throws */
  async create(form: CommandForm, caller: Principal): Promise<PromptModel> {
    if (!(await this.permissions.canCreatePrompts(caller))) throw MayNotCreate();
    const { text: content, syntax } = checkedText({ text: form.content, syntax: 'braces' });
    const [tags, data, meta] = [form.tags ?? [], form.data ?? {}, form.meta ?? {}];
    const identity = {
      owner: actingOwner(caller),
      name: form.command,
      title: form.name,
      visibility: 'private' as const,
    };
    const draft = await this.drafts.draft({ ...identity, description: '', tags, data, meta }, caller);
    await this.em.transactional(async () => {
      const requested = await this.grantResolver.resolve(form.access_grants ?? []);
      await draft.create();
      if (requested.length > 0) await this.grants.replace(draft.id, requested, caller);
      const prompt = await this.promptsRepository.lockActive(draft.id);
      const first = applyChange(emptyDraft(prompt), { content, syntax, data, meta });
      await this.writer.append(prompt, null, first, { caller, message: form.commit_message || 'Initial version' });
    });
    return this.lock.read(draft.id);
  }

  /** @throws NotFound, AccessProhibited, MayNotShare, PromptExists, NamePublished, LabelProtected, PayloadTooLarge */
  update(id: string, form: CommandForm, caller: Principal): Promise<PromptModel> {
    const redact = (live: PromptModel) => redactAnswer(live, fieldsOf(form));
    const options = { grants: form.access_grants ?? undefined, redact };
    return this.lock.change(id, caller, (locked) => this.save(locked, form, caller), options);
  }

  private async save(locked: LockedPrompt, form: CommandForm, caller: Principal): Promise<void> {
    const { prompt } = locked;
    const revision = await this.revisions.live(prompt.id);
    if (!revision) throw PromptNotFound();
    const edit = toEdit(prompt, revision, form);
    const haveGrantsChanged = await this.replaceGrants(locked, caller);
    await locked.change(form.is_production ? edit.live : edit.immediate);
    if (!edit.isChanged && !haveGrantsChanged) return;
    // Always creates an entry after the newest one, also if that is a draft of another user with the same content.
    const newest = await this.revisions.newest(prompt.id);
    const authorship = { caller, message: form.commit_message, isForced: true };
    const { revision: entry } = await this.writer.write(prompt, newest, edit.draft, authorship);
    if (form.is_production) await this.labels.move(prompt.id, production, entry.number, caller);
  }

  /** Replaces the grants if they differ; returns whether they did. @throws MayNotShare */
  private async replaceGrants(
    { prompt, requested, assertShareable }: LockedPrompt,
    caller: Principal,
  ): Promise<boolean> {
    if (!requested || isGranted(requested, await this.grants.of(prompt.id))) return false;
    assertShareable();
    await this.grants.replace(prompt.id, requested, caller);
    return true;
  }
}
