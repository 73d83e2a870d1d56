import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { PromptDraftsService } from '../../../prompts/changes/prompt-drafts.service.js';
import { actingOwner } from '../../acting-owner.js';
import { MayNotCreate } from '../open-webui.errors.js';
import type { PromptModel } from '../prompt-model.js';
import { WorkspacePermissionsService } from '../sessions/workspace-permissions.service.js';
import { checkedText } from './command-text.js';
import type { CommandForm } from './editing.dto.js';
import { FirstEntryWriter } from './first-entry-writer.js';
import { PromptChanger } from './prompt-changer.js';

/** Saves what the editor sends as a new prompt. */
@Injectable()
export class CommandCreationsService {
  constructor(
    private readonly permissions: WorkspacePermissionsService,
    private readonly drafts: PromptDraftsService,
    private readonly writer: FirstEntryWriter,
    private readonly prompts: PromptChanger,
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
    const message = form.commit_message || 'Initial version';
    const grants = form.access_grants ?? [];
    await this.writer.create(draft, { content: { content, syntax, data, meta }, message, grants }, caller);
    return this.prompts.read(draft.id);
  }
}
