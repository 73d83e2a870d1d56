import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { Database } from '../../../database/database.js';
import { GrantsService } from '../../../prompts/grants/grants.service.js';
import { LabelMover } from '../../../history/labels/label-mover.js';
import { production } from '../../../history/labels/label-name.js';
import { PromptNotFound } from '../../../prompts/prompts.errors.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { PromptDraftsService } from '../../../prompts/prompt-drafts.service.js';
import { blank, changed } from '../../../history/revisions/revision-draft.js';
import { RevisionWriter } from '../../../history/revisions/revision-writer.js';
import { RevisionsRepository } from '../../../history/revisions/revisions.repository.js';
import { actingOwner } from '../../acting-owner.js';
import { MayNotCreate } from '../open-webui.errors.js';
import type { PromptModel } from '../prompt-model.js';
import { WorkspacePermissions } from '../sessions/workspace-permissions.js';
import { editOf } from './command-edit.js';
import { asSent, sentBy } from './as-sent.js';
import { checkedText } from './command-text.js';
import type { CommandForm } from './editing.dto.js';
import { type HeldPrompt, HeldPrompts } from './held-prompts.js';
import { isGranted, WishedGrants } from './wished-grants.js';

/** Saves what the editor sends: a new prompt, or a new entry in the history of one. */
@Injectable()
export class CommandWriter {
  constructor(
    private readonly database: Database,
    private readonly permissions: WorkspacePermissions,
    private readonly held: HeldPrompts,
    private readonly wished: WishedGrants,
    @InjectRepository(Prompt) private readonly rows: PromptRepository,
    private readonly drafts: PromptDraftsService,
    private readonly grants: GrantsService,
    private readonly revisions: RevisionsRepository,
    private readonly writer: RevisionWriter,
    private readonly labels: LabelMover,
  ) {}

  /** @throws MayNotCreate, PromptExists, PayloadTooLarge and what a draft of a prompt throws */
  async create(form: CommandForm, me: Principal): Promise<PromptModel> {
    if (!(await this.permissions.mayCreatePrompts(me))) throw MayNotCreate();
    const { text: content, syntax } = checkedText({ text: form.content, syntax: 'braces' });
    const [tags, data, meta] = [form.tags ?? [], form.data ?? {}, form.meta ?? {}];
    const identity = { owner: actingOwner(me), name: form.command, title: form.name, visibility: 'private' as const };
    const draft = await this.drafts.draft({ ...identity, description: '', tags, data, meta }, me);
    await this.database.transaction(async () => {
      const wanted = await this.wished.find(form.access_grants ?? []);
      await draft.create();
      if (wanted.length > 0) await this.grants.replace(draft.id, wanted, me);
      const prompt = await this.rows.lockActive(draft.id);
      const first = changed(blank(prompt), { content, syntax, data, meta });
      await this.writer.append(prompt, null, first, { me, message: form.commit_message || 'Initial version' });
    });
    return this.held.shown(draft.id);
  }

  /** @throws NotFound, AccessProhibited, MayNotShare, PromptExists, NamePublished, LabelProtected, PayloadTooLarge */
  update(id: string, form: CommandForm, me: Principal): Promise<PromptModel> {
    const toBlind = (live: PromptModel) => asSent(live, sentBy(form));
    const holding = { wishes: form.access_grants ?? undefined, toBlind };
    return this.held.change(id, me, (held) => this.save(held, form, me), holding);
  }

  private async save(held: HeldPrompt, form: CommandForm, me: Principal): Promise<void> {
    const { prompt } = held;
    const revision = await this.revisions.live(prompt.id);
    if (!revision) throw PromptNotFound();
    const edit = editOf(prompt, revision, form);
    const areGrantsNews = await this.regrant(held, me);
    await held.change(form.is_production ? edit.live : edit.atOnce);
    if (!edit.isNews && !areGrantsNews) return;
    // Behind the newest, whoever made that: also a draft that says the same, which somebody else is still at work on.
    const newest = await this.revisions.newest(prompt.id);
    const by = { me, message: form.commit_message, isAlways: true };
    const { revision: entry } = await this.writer.write(prompt, newest, edit.draft, by);
    if (form.is_production) await this.labels.move(prompt.id, production, entry.number, me);
  }

  /** Sets the grants that are wished for, unless they are so already; true if it has. @throws MayNotShare */
  private async regrant({ prompt, wanted, assertShareable }: HeldPrompt, me: Principal): Promise<boolean> {
    if (!wanted || isGranted(wanted, await this.revisions.grantsOf(prompt.id))) return false;
    assertShareable();
    await this.grants.replace(prompt.id, wanted, me);
    return true;
  }
}
