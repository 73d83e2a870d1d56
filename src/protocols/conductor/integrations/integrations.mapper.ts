import type { ModelRecord } from './models/integration-model.repository.js';
import type { Model, Provider } from './integrations.dto.js';
import type { IntegrationFields, IntegrationRecord } from './integration.repository.js';

export function toProvider(integration: IntegrationRecord): Provider {
  const { name, type, restricted, modelCount } = integration;
  return { name, type, category: 'AI_MODEL', restricted, modelsCount: modelCount, ...toSharedFields(integration) };
}

export function toModel(model: ModelRecord, provider: string): Model {
  return { api: model.name, integrationName: provider, ...toSharedFields(model) };
}

/** Each time has two names, for newer and older clients. */
function toSharedFields({ description, enabled, createdBy, createdAt, updatedBy, updatedAt }: IntegrationFields) {
  const createTime = Date.parse(createdAt);
  const updateTime = Date.parse(updatedAt);
  const times = { createTime, updateTime, createdOn: createTime, updatedOn: updateTime };
  return { description, enabled, tags: [], createdBy, updatedBy, ...times };
}
