import { defineEntity, type InferEntity } from '@mikro-orm/core';

/**
 * Allows a user or a group to use a restricted provider; without either, every user. The table has no primary key:
 * these three columns are unique together, with null as a value. Deleted with the provider, and with the group.
 */
export const IntegrationGrant = defineEntity({
  name: 'IntegrationGrant',
  tableName: 'integration_grant',
  properties: (p) => ({
    integrationId: p.uuid().primary(),
    userId: p.uuid().nullable(),
    groupId: p.uuid().nullable(),
  }),
});
export type IntegrationGrant = InferEntity<typeof IntegrationGrant>;
