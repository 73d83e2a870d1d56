import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { GrantsService } from '../../../prompts/grants/grants.service.js';
import { LabelMover } from '../../../history/labels/label-mover.js';
import { production } from '../../../history/labels/label-name.js';
import { HistoryEntries } from '../../../history/revisions/history-entries.repository.js';
import { SomethingWentWrong } from '../open-webui.errors.js';
import type { PromptModel } from '../prompt-model.js';
import { asSent } from './as-sent.js';
import { renaming } from './command-edit.js';
import type { CommandGrantsForm, CommandMetaForm, CommandVersionForm } from './editing.dto.js';
import { HeldPrompts } from './held-prompts.js';

type Work = Parameters<HeldPrompts['change']>[2];

/** Changes of a prompt that make no entry in its history. */
@Injectable()
export class CommandChanges {
  constructor(
    private readonly held: HeldPrompts,
    private readonly grants: GrantsService,
    private readonly entries: HistoryEntries,
    private readonly labels: LabelMover,
  ) {}

  /** Takes the right to read, too. @throws NotFound, AccessProhibited, PromptExists, NamePublished, LabelProtected */
  updateMeta(id: string, { command, name, tags }: CommandMetaForm, me: Principal): Promise<PromptModel> {
    const work: Work = ({ prompt, change }) => {
      const renamed = renaming(prompt, command);
      const title = name === (prompt.title ?? prompt.name) ? renamed.title : name;
      return change({ ...renamed, title, tags: tags ?? undefined });
    };
    return this.held.change(id, me, work, { actions: ['write', 'read'] });
  }

  /** Makes an entry of the history live; command and grants stay. @throws SomethingWentWrong, LabelProtected */
  setVersion(id: string, { version_id: entryId }: CommandVersionForm, me: Principal): Promise<PromptModel> {
    const work: Work = async ({ prompt, change }) => {
      const entry = await this.entries.find(prompt.id, entryId);
      if (!entry) throw SomethingWentWrong();
      await this.labels.move(prompt.id, production, entry.number, me);
      // An entry without a title was shown by the command of its time.
      const title = entry.title ?? (entry.name === prompt.name ? null : entry.name);
      await change({ title, tags: [...entry.tags], data: entry.data, meta: entry.meta });
      prompt.updatedAt = new Date();
    };
    return this.held.change(id, me, work, { toBlind: (live) => asSent(live, { version_id: entryId }) });
  }

  /** @throws NotFound, AccessProhibited, MayNotShare */
  share(id: string, { access_grants: wishes }: CommandGrantsForm, me: Principal): Promise<PromptModel> {
    const work: Work = async ({ prompt, wanted = [], assertShareable }) => {
      assertShareable();
      await this.grants.replace(prompt.id, wanted, me);
    };
    return this.held.change(id, me, work, { wishes });
  }

  /** @throws NotFound, AccessProhibited, MayNotShare */
  toggle(id: string, me: Principal): Promise<PromptModel> {
    return this.held.change(id, me, ({ prompt, change, assertShareable }) => {
      assertShareable();
      return change({ is_active: !prompt.isActive });
    });
  }

  /** @throws NotFound, AccessProhibited, PromptPublished, LabelProtected */
  async delete(id: string, me: Principal): Promise<true> {
    await this.held.hold(id, me, (held) => held.delete());
    return true;
  }
}
