import { Injectable } from '@nestjs/common';
import { readBack } from '@promptyard/template/convert-syntax.js';
import type { Principal } from '../../../../auth/access/principal.js';
import {
  type ConductorVersionState,
  integerOf,
  toVersionState,
} from '../../../../history/pointers/conductor-versions.service.js';
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
import { noHistory, type PromptHistory, PromptHistoryReader } from '../../../../history/state/prompt-history-reader.js';
import { changedSettings } from '../template-settings.js';
import type { TemplateSave } from './template-save.js';

/** What a version of a template is to say. */
export interface TemplateRevision {
  readonly draft: RevisionDraft;
  /** Number of the revision. */
  readonly revision: number;
  /** Where the versions have pointed before. */
  readonly state: ConductorVersionState;
}

/** The revisions that versions of templates point to. */
@Injectable()
export class TemplateRevisions {
  constructor(
    private readonly histories: PromptHistoryReader,
    private readonly writer: RevisionWriter,
  ) {}

  /** The first revision of a prompt that the running transaction has created. */
  first(prompt: Prompt, save: TemplateSave, caller: Principal): Promise<TemplateRevision> {
    return this.append(prompt, save, noHistory, caller);
  }

  /** Writes the revision that the version is to point to; saved as it was displayed, that is the one that was displayed. */
  async write(prompt: Prompt, save: TemplateSave, caller: Principal): Promise<TemplateRevision> {
    return this.append(prompt, save, await this.histories.ofVersion(prompt.id, integerOf(save.version)), caller);
  }

  private async append(
    prompt: Prompt,
    save: TemplateSave,
    { newest, based, production }: PromptHistory,
    caller: Principal,
  ): Promise<TemplateRevision> {
    const state = toVersionState(production, save.version);
    const before = based ? draftFrom(based) : emptyDraft(prompt);
    const draft = applyChange(before, changeOf(save, before));
    if (based && digestOf(draft) === based.digest) return { draft, revision: based.number, state };
    const authorship = { caller, message: `Save version ${state.integer}` };
    const { revision } = await this.writer.write(prompt, newest, { ...draft, tags: prompt.tags }, authorship);
    return { draft, revision: revision.number, state };
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
