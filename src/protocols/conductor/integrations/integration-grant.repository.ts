import { EntityRepository } from '@mikro-orm/postgresql';
import type { Grantee } from '../../../prompts/grants/grant.js';
import { IntegrationGrant } from './integration-grant.entity.js';
import { insertIntegrationGrant, integrationGrants } from './integrations.queries.js';

/** To whom a provider has been granted: slug of a user or a group, or `*` for every user. */
export interface ProviderUser {
  readonly principalType: Grantee['principalType'];
  readonly name: string;
}

/** Who may use restricted providers. */
export class IntegrationGrantRepository extends EntityRepository<IntegrationGrant> {
  /** Users before groups, by name. */
  usersOf(integrationId: string): Promise<ProviderUser[]> {
    return this.em.execute<ProviderUser[]>(integrationGrants, [integrationId]);
  }

  async grant(integrationId: string, grantee: Grantee): Promise<void> {
    const { userId, groupId } = columnsOf(grantee);
    await this.em.execute(insertIntegrationGrant, [integrationId, userId, groupId]);
  }

  async revoke(integrationId: string, grantee: Grantee): Promise<void> {
    await this.nativeDelete({ integrationId, ...columnsOf(grantee) });
  }
}

IntegrationGrant.setCustomRepository(() => IntegrationGrantRepository);

function columnsOf({ principalType, principalId }: Grantee): Pick<IntegrationGrant, 'userId' | 'groupId'> {
  return principalType === 'user' ? { userId: principalId, groupId: null } : { userId: null, groupId: principalId };
}
