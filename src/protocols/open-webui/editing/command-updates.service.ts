import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { LabelMover } from '../../../history/pointers/label-mover.js';
import { production } from '../../../history/pointers/label-name.js';
import { type Authorship, RevisionWriter } from '../../../history/revisions/revision-writer.js';
import { GrantsService } from '../../../prompts/grants/grants.service.js';
import { PromptNotFound } from '../../../prompts/prompts.errors.js';
import type { PromptModel } from '../prompt-model.js';
import { redactAnswer, fieldsOf } from './redact-answer.js';
import { toEdit } from './command-edit.js';
import type { CommandForm } from './editing.dto.js';
import { PromptChanger } from './prompt-changer.js';
import type { LockedPrompt } from './prompt-lock.js';
import { isGranted } from './grant-resolver.js';

/** Saves what the editor sends as a new entry in the history of a prompt. */
@Injectable()
export class CommandUpdatesService {
  constructor(
    private readonly prompts: PromptChanger,
    private readonly grants: GrantsService,
    private readonly writer: RevisionWriter,
    private readonly labels: LabelMover,
  ) {}

  /** @throws NotFound, AccessProhibited, MayNotShare, PromptExists, NamePublished, LabelProtected, PayloadTooLarge */
  update(id: string, form: CommandForm, caller: Principal): Promise<PromptModel> {
    const redact = (live: PromptModel) => redactAnswer(live, fieldsOf(form));
    const options = { grants: form.access_grants ?? undefined, redact };
    return this.prompts.change(id, caller, (locked) => this.save(locked, form, caller), options);
  }

  private async save(locked: LockedPrompt, form: CommandForm, caller: Principal): Promise<void> {
    const { prompt } = locked;
    const { newest, based, production: state } = locked.history;
    if (!based) throw PromptNotFound();
    const edit = toEdit(prompt, based, form);
    const haveGrantsChanged = await this.replaceGrants(locked, caller);
    await locked.change(form.is_production ? edit.live : edit.immediate);
    if (!edit.isChanged && !haveGrantsChanged) return;
    // Always creates an entry after the newest one, also if that is a draft of another user with the same content.
    const authorship: Authorship = { caller, message: form.commit_message, isForced: true };
    const { revision: entry } = await this.writer.write(prompt, newest, edit.draft, authorship);
    if (form.is_production) await this.labels.move(prompt.id, production, entry.number, caller, state);
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
