import type { JsonObject } from '@promptyard/template/json.js';
import { readBack } from '@promptyard/template/shown-as.js';
import type { PromptChange } from '../../../prompts/prompt-change.js';
import type { Prompt } from '../../../prompts/prompt.entity.js';
import { changed, draftOf, type RevisionDraft } from '../../../history/revisions/revision-draft.js';
import type { Revision } from '../../../history/revisions/revision.entity.js';
import { checkedText } from './command-text.js';
import type { CommandForm } from './editing.dto.js';
import { isSameSet } from '../same-set.js';

/** What a save of the editor means, against what is live. */
export interface CommandEdit {
  /** What the history is to say of it. */
  readonly draft: RevisionDraft;
  /** Whether it differs from what is live in anything that makes an entry; grants apart. */
  readonly isNews: boolean;
  /** What it makes of the prompt's row where it is to be live. */
  readonly live: PromptChange;
  /** The part of that which takes effect at once: the command is the prompt's address. */
  readonly atOnce: PromptChange;
}

/** @param revision the one whose text is live. @throws PayloadTooLarge, ValidationFailed for too many variables */
export function editOf(prompt: Prompt, revision: Revision, form: CommandForm): CommandEdit {
  const original = { text: revision.content, syntax: revision.syntax };
  const { text: content, syntax } = checkedText(readBack(form.content, 'braces', original));
  const atOnce = renaming(prompt, form.command);
  const isTitleNew = form.name !== (prompt.title ?? prompt.name);
  const title = isTitleNew ? form.name : atOnce.title;
  const tags = form.tags && !isSameSet(form.tags, prompt.tags) ? form.tags : prompt.tags;
  const data = filled(form.data) ?? prompt.data;
  const meta = filled(form.meta) ?? prompt.meta;
  const isTextNew = content !== original.text || syntax !== original.syntax;
  return {
    draft: { ...changed(draftOf(revision), { content, syntax }), title, tags, data, meta },
    isNews: isTextNew || isTitleNew || form.command !== prompt.name || tags !== prompt.tags,
    live: { ...atOnce, title, tags, data, meta },
    atOnce,
  };
}

/** The change of the command alone: a prompt that has no title is shown by its command, and goes on being shown so. */
export function renaming(prompt: Prompt, command: string): { readonly name: string; readonly title: string | null } {
  return { name: command, title: prompt.title ?? (command === prompt.name ? null : prompt.name) };
}

function filled(value: JsonObject | null | undefined): JsonObject | undefined {
  return value && Object.keys(value).length > 0 ? value : undefined;
}
