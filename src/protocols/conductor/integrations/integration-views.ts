import type { ModelRow } from './integration-models.repository.js';
import type { Model, Provider } from './integrations.dto.js';
import type { Life, ProviderRow } from './integrations.repository.js';

export function toProvider(row: ProviderRow): Provider {
  const { name, type, restricted, models } = row;
  return { name, type, category: 'AI_MODEL', restricted, modelsCount: models, ...toLife(row) };
}

export function toModel(row: ModelRow, provider: string): Model {
  return { api: row.name, integrationName: provider, ...toLife(row) };
}

/** Times twice, under the names that newer and older clients read. */
function toLife({ description, enabled, created_by, created_at, updated_by, updated_at }: Life) {
  const createTime = Date.parse(created_at);
  const updateTime = Date.parse(updated_at);
  const people = { createdBy: created_by, updatedBy: updated_by };
  const times = { createTime, updateTime, createdOn: createTime, updatedOn: updateTime };
  return { description, enabled, tags: [], ...people, ...times };
}
