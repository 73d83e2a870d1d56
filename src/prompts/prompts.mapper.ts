import { toRfc3339 } from '../database/timestamps.js';
import type { PromptRecord, PromptSummaryRecord } from './prompt.repository.js';
import type { PromptDetails, PromptSummary } from './prompts.dto.js';

/** A prompt as `/v1` shows it in lists, and after it was created. */
export function toPromptSummary(prompt: PromptSummaryRecord): PromptSummary {
  return {
    id: prompt.id,
    name: prompt.name,
    description: prompt.description,
    owner_id: prompt.ownerId,
    owner_username: prompt.ownerSlug,
    visibility: prompt.visibility,
    tags: prompt.tags,
    download_count: prompt.downloadCount,
    created_at: toRfc3339(prompt.createdAt),
    updated_at: toRfc3339(prompt.updatedAt),
  };
}

/** A prompt as `/v1` shows it. */
export function toPrompt(prompt: PromptRecord): PromptDetails {
  return {
    ...toPromptSummary(prompt),
    title: prompt.title ?? null,
    enforce_variable_contract: prompt.enforceVariableContract,
    latest_version: prompt.latestVersion,
  };
}
