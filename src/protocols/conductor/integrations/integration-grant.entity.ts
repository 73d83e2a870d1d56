import { defineEntity, type InferEntity } from '@mikro-orm/core';

/**
 * That a user or a group may use a restricted provider; neither of both means everybody. The table has no primary key:
 * these three columns are unique together, with null as a value. It goes with the provider, and with the group.
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
