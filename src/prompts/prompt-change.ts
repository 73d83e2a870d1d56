import type { JsonObject } from '@promptyard/template/json.js';
import { changesOf } from '../auth/audit/changes.js';
import type { Prompt } from './prompt.entity.js';
import type { UpdatePrompt } from './prompts.dto.js';

/** What can be changed of a prompt; `/v1`'s part of it and what other protocols change besides. */
export interface PromptChange extends UpdatePrompt {
  readonly name?: string | undefined;
  readonly data?: JsonObject | undefined;
  readonly meta?: JsonObject | undefined;
  readonly is_active?: boolean | undefined;
}

/** Told in the audit ledger from what to what; of the rest it tells the names. */
const told = ['name', 'visibility', 'is_active', 'enforce_variable_contract'];

/** What a change makes different, as details of the act; undefined where everything is so already. */
export function changesTo(prompt: Prompt, change: PromptChange): JsonObject | undefined {
  return changesOf(changeable(prompt), { ...change }, told);
}

function changeable(prompt: Prompt): Required<PromptChange> {
  const { name, description, tags, visibility, data, meta } = prompt;
  return {
    name,
    description,
    title: prompt.title ?? null,
    tags,
    visibility,
    data,
    meta,
    is_active: prompt.isActive,
    enforce_variable_contract: prompt.enforceVariableContract,
  };
}
