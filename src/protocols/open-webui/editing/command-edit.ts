import type { JsonObject } from '@promptyard/template/json.js';
import { readBack } from '@promptyard/template/convert-syntax.js';
import type { PromptChange } from '../../../prompts/changes/prompt-change.js';
import type { Prompt } from '../../../prompts/prompt.entity.js';
import { applyChange, draftFrom, type RevisionDraft } from '../../../history/revisions/revision-draft.js';
import type { StoredRevision } from '../../../history/revisions/revision.entity.js';
import { checkedText } from './command-text.js';
import type { CommandForm } from './editing.dto.js';
import { isSameSet } from '../same-set.js';

/** A save of the editor, compared with the live prompt. */
export interface CommandEdit {
  /** The draft of the history entry. */
  readonly draft: RevisionDraft;
  /** Whether it changes anything that creates a history entry, except grants. */
  readonly isChanged: boolean;
  /** The changes of the prompt if the save becomes live. */
  readonly live: PromptChange;
  /** The changes that take effect in any case: the command is the address of the prompt. */
  readonly immediate: PromptChange;
}

/** @param revision the one whose text is live. @throws PayloadTooLarge, ValidationFailed for too many variables */
export function toEdit(prompt: Prompt, revision: StoredRevision, form: CommandForm): CommandEdit {
  const original = { text: revision.content, syntax: revision.syntax };
  const { text: content, syntax } = checkedText(readBack(form.content, 'braces', original));
  const immediate = renaming(prompt, form.command);
  const isTitleNew = form.name !== (prompt.title ?? prompt.name);
  const title = isTitleNew ? form.name : immediate.title;
  const tags = form.tags && !isSameSet(form.tags, prompt.tags) ? form.tags : prompt.tags;
  const data = nonEmpty(form.data) ?? prompt.data;
  const meta = nonEmpty(form.meta) ?? prompt.meta;
  const isTextNew = content !== original.text || syntax !== original.syntax;
  return {
    draft: { ...applyChange(draftFrom(revision), { content, syntax }), title, tags, data, meta },
    isChanged: isTextNew || isTitleNew || form.command !== prompt.name || tags !== prompt.tags,
    live: { ...immediate, title, tags, data, meta },
    immediate,
  };
}

/** The change of the command alone. A prompt without a title keeps its old command as title. */
export function renaming(prompt: Prompt, command: string): { readonly name: string; readonly title: string | null } {
  return { name: command, title: prompt.title ?? (command === prompt.name ? null : prompt.name) };
}

function nonEmpty(value: JsonObject | null | undefined): JsonObject | undefined {
  return value && Object.keys(value).length > 0 ? value : undefined;
}
