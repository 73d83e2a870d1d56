import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { readBack } from '@promptyard/template/convert-syntax.js';
import type { Principal } from '../../../../auth/access/principal.js';
import type { ConductorVersionState } from '../../../../history/pointers/conductor-versions.service.js';
import type { Prompt } from '../../../../prompts/prompt.entity.js';
import { digestOf } from '../../../../history/revisions/revision-content.js';
import {
  emptyDraft,
  applyChange,
  draftFrom,
  type RevisionChange,
  type RevisionDraft,
} from '../../../../history/revisions/revision-draft.js';
import { RevisionWriter } from '../../../../history/revisions/revision-writer.js';
import { Revision } from '../../../../history/revisions/revision.entity.js';
import { RevisionRepository } from '../../../../history/revisions/revision.repository.js';
import { changedSettings } from '../template-settings.js';
import type { TemplateSave } from './template-save.js';

/** The revisions that versions of templates point to. */
@Injectable()
export class TemplateRevisions {
  constructor(
    @InjectRepository(Revision) private readonly revisions: RevisionRepository,
    private readonly writer: RevisionWriter,
  ) {}

  /** Writes the revision that the version is to point to; saved as it was displayed, that is the one that was displayed. */
  async write(
    prompt: Prompt,
    save: TemplateSave,
    state: ConductorVersionState,
    caller: Principal,
  ): Promise<{ readonly draft: RevisionDraft; readonly revision: number }> {
    const newest = await this.revisions.newest(prompt.id);
    const displayed = await this.displayed(prompt, state, newest);
    const before = displayed ? draftFrom(displayed) : emptyDraft(prompt);
    const draft = applyChange(before, changeOf(save, before));
    if (displayed && digestOf(draft) === displayed.digest) return { draft, revision: displayed.number };
    const authorship = { caller, message: `Save version ${state.integer}` };
    const { revision } = await this.writer.write(prompt, newest, { ...draft, tags: prompt.tags }, authorship);
    return { draft, revision: revision.number };
  }

  /** What a client has read before it saves: the version, the highest one, or what the prompt said before it had any. */
  private async displayed(
    { id }: Prompt,
    { revision, highestRevision }: ConductorVersionState,
    newest: Revision | null,
  ): Promise<Revision | null> {
    const number = revision ?? highestRevision;
    if (number === null || number === newest?.number) return newest;
    return this.revisions.byNumber(id, number);
  }
}

function changeOf({ template, description, settings }: TemplateSave, before: RevisionDraft): RevisionChange {
  const { text: content, syntax } = readBack(template, 'dollar', { text: before.content, syntax: before.syntax });
  const isUnchanged = description === (before.description ?? '');
  return {
    content,
    syntax,
    description: isUnchanged ? undefined : description,
    settings: changedSettings(before.settings, settings),
  };
}
