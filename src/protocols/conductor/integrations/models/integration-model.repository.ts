import { EntityRepository } from '@mikro-orm/postgresql';
import type { Principal } from '../../../../auth/access/principal.js';
import type { ModelReference } from '../integration-names.js';
import { IntegrationModel } from './integration-model.entity.js';
import type { IntegrationFields } from '../integration.repository.js';
import { integrationModelByName, integrationModelList, usableByValues } from '../integrations.queries.js';

export interface ModelRecord extends IntegrationFields {
  readonly name: string;
}

/** The models of providers. */
export class IntegrationModelRepository extends EntityRepository<IntegrationModel> {
  /** Those of a provider that the caller may use, by name. */
  list(ownerId: string, provider: string, activeOnly: boolean, caller: Principal): Promise<ModelRecord[]> {
    const values = [...usableByValues(ownerId, caller), provider, activeOnly];
    return this.em.execute<ModelRecord[]>(integrationModelList, values);
  }

  async findUsable(
    ownerId: string,
    { provider, model }: ModelReference,
    caller: Principal,
  ): Promise<ModelRecord | undefined> {
    const values = [...usableByValues(ownerId, caller), provider, model];
    return (await this.em.execute<ModelRecord[]>(integrationModelByName, values))[0];
  }
}

IntegrationModel.setCustomRepository(() => IntegrationModelRepository);
