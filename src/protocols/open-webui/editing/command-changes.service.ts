import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { GrantsService } from '../../../prompts/grants/grants.service.js';
import { LabelMover } from '../../../history/pointers/label-mover.js';
import { production } from '../../../history/pointers/label-name.js';
import { HiddenRevision } from '../../../history/entries/hidden-revision.entity.js';
import { HiddenRevisionRepository } from '../../../history/entries/hidden-revision.repository.js';
import { SomethingWentWrong } from '../open-webui.errors.js';
import type { PromptModel } from '../prompt-model.js';
import { redactAnswer } from './redact-answer.js';
import { renaming } from './command-edit.js';
import type { CommandGrantsForm, CommandMetaForm, CommandVersionForm } from './editing.dto.js';
import { PromptChanger, type PromptWork } from './prompt-changer.js';

/** Changes of a prompt that do not create a history entry. */
@Injectable()
export class CommandChangesService {
  constructor(
    private readonly prompts: PromptChanger,
    private readonly grants: GrantsService,
    @InjectRepository(HiddenRevision) private readonly entries: HiddenRevisionRepository,
    private readonly labels: LabelMover,
  ) {}

  /** Takes the right to read, too. @throws NotFound, AccessProhibited, PromptExists, NamePublished, LabelProtected */
  updateMeta(id: string, { command, name, tags }: CommandMetaForm, caller: Principal): Promise<PromptModel> {
    const work: PromptWork = ({ prompt, change }) => {
      const renamed = renaming(prompt, command);
      const title = name === (prompt.title ?? prompt.name) ? renamed.title : name;
      return change({ ...renamed, title, tags: tags ?? undefined });
    };
    return this.prompts.change(id, caller, work, { actions: ['write', 'read'] });
  }

  /** Makes an entry of the history live; command and grants stay. @throws SomethingWentWrong, LabelProtected */
  setVersion(id: string, { version_id: entryId }: CommandVersionForm, caller: Principal): Promise<PromptModel> {
    const work: PromptWork = async ({ prompt, change }) => {
      const entry = await this.entries.entry(prompt.id, entryId);
      if (!entry) throw SomethingWentWrong();
      await this.labels.move(prompt.id, production, entry.number, caller);
      // An entry without a title was shown under its command at that time.
      const title = entry.title ?? (entry.name === prompt.name ? null : entry.name);
      await change({ title, tags: [...entry.tags], data: entry.data, meta: entry.meta });
      prompt.updatedAt = new Date();
    };
    return this.prompts.change(id, caller, work, { redact: (live) => redactAnswer(live, { version_id: entryId }) });
  }

  /** @throws NotFound, AccessProhibited, MayNotShare */
  share(id: string, { access_grants: grants }: CommandGrantsForm, caller: Principal): Promise<PromptModel> {
    const work: PromptWork = async ({ prompt, requested = [], assertShareable }) => {
      assertShareable();
      await this.grants.replace(prompt.id, requested, caller);
    };
    return this.prompts.change(id, caller, work, { grants });
  }

  /** @throws NotFound, AccessProhibited, MayNotShare */
  toggle(id: string, caller: Principal): Promise<PromptModel> {
    return this.prompts.change(id, caller, ({ prompt, change, assertShareable }) => {
      assertShareable();
      return change({ is_active: !prompt.isActive });
    });
  }
}
