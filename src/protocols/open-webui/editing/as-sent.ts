import type { PromptModel } from '../prompt-model.js';
import type { CommandForm } from './editing.dto.js';

const blank = { command: '', name: '', content: '', data: {}, meta: {}, tags: [], version_id: null, access_grants: [] };

/** The answer to a change for who may write a prompt but not read it: of what it says, only what they have sent. */
export function asSent(live: PromptModel, sent: Partial<PromptModel>): PromptModel {
  return { ...live, ...blank, ...sent };
}

/** What the editor has sent, as an answer shows it. */
export function sentBy({ command, name, content, data, meta, tags }: CommandForm): Partial<PromptModel> {
  return { command, name, content, data: data ?? {}, meta: meta ?? {}, tags: tags ?? [] };
}
