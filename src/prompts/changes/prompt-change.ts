import type { JsonObject } from '@promptyard/template/json.js';
import { changesOf } from '../../auth/audit/changes.js';
import type { Prompt } from '../prompt.entity.js';
import type { UpdatePrompt } from '../prompts.dto.js';

/** The changeable fields of a prompt, on `/v1` and on other protocols. */
export interface PromptChange extends UpdatePrompt {
  readonly name?: string | undefined;
  readonly data?: JsonObject | undefined;
  readonly meta?: JsonObject | undefined;
  readonly is_active?: boolean | undefined;
}

/** Fields whose old and new values are recorded in the audit ledger. Of other fields only the names are recorded. */
const fieldsWithValues = ['name', 'visibility', 'is_active', 'enforce_variable_contract'];

/** The effective changes, as details of the audit entry; undefined if nothing changes. */
export function changesTo(prompt: Prompt, change: PromptChange): JsonObject | undefined {
  return changesOf(changeableFields(prompt), { ...change }, fieldsWithValues);
}

function changeableFields(prompt: Prompt): Required<PromptChange> {
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
