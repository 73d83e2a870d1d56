import type { PromptModel } from '../prompt-model.js';
import type { CommandForm } from './editing.dto.js';

const hiddenFields = {
  command: '',
  name: '',
  content: '',
  data: {},
  meta: {},
  tags: [],
  version_id: null,
  access_grants: [],
};

/**
 * The answer for a caller who may write a prompt but not read it. It contains only the fields that the caller has sent.
 */
export function redactAnswer(live: PromptModel, visible: Partial<PromptModel>): PromptModel {
  return { ...live, ...hiddenFields, ...visible };
}

/** The fields of a form, in the shape of an answer. */
export function fieldsOf({ command, name, content, data, meta, tags }: CommandForm): Partial<PromptModel> {
  return { command, name, content, data: data ?? {}, meta: meta ?? {}, tags: tags ?? [] };
}
