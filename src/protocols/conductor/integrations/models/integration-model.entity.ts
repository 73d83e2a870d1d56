import { defineEntity, type InferEntity } from '@mikro-orm/core';

/** A model of a provider. Deleted with the provider. */
export const IntegrationModel = defineEntity({
  name: 'IntegrationModel',
  tableName: 'integration_model',
  properties: (p) => ({
    integrationId: p.uuid().primary(),
    name: p.text().primary(),
    description: p.text(),
    enabled: p.boolean(),
    createdBy: p.uuid(),
    createdAt: p.datetime(3),
    updatedBy: p.uuid(),
    updatedAt: p.datetime(3),
  }),
});
export type IntegrationModel = InferEntity<typeof IntegrationModel>;
