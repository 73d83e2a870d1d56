import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { Database } from '../../../database/database.js';
import type { ModelPath, SaveModel } from './integrations.dto.js';
import { type Life, lifeOf } from './integrations.repository.js';
import { askedBy, usableBy } from './usable-by.js';

export interface ModelRow extends Life {
  readonly name: string;
}

const from = `from integration i join integration_model m on m.integration_id = i.id
  where i.owner_id = $1 and ${usableBy} and i.name = $4`;
const list = {
  name: 'integration-models',
  text: `select m.name, ${lifeOf('m')} ${from} and (m.enabled or not $5) order by m.name collate "C"`,
};
const one = { name: 'integration-model', text: `select m.name, ${lifeOf('m')} ${from} and m.name = $5` };
const save = {
  name: 'save-integration-model',
  text: `insert into integration_model (integration_id, name, description, enabled, created_by, created_at,
           updated_by, updated_at)
         values ($1, $2, $3, $4, $5, now(), $5, now())
         on conflict (integration_id, name) do update set description = $3, enabled = $4, updated_by = $5,
           updated_at = now()`,
};
const remove = {
  name: 'delete-integration-model',
  text: 'delete from integration_model where integration_id = $1 and name = $2 returning name',
};

/** The models of providers. */
@Injectable()
export class IntegrationModelsRepository {
  constructor(private readonly database: Database) {}

  /** Those of a provider that the caller may use, by name. */
  list(ownerId: string, provider: string, activeOnly: boolean, me: Principal): Promise<ModelRow[]> {
    return this.database.query<ModelRow>(list, [...askedBy(ownerId, me), provider, activeOnly]);
  }

  async find(ownerId: string, { provider, model }: ModelPath, me: Principal): Promise<ModelRow | undefined> {
    return (await this.database.query<ModelRow>(one, [...askedBy(ownerId, me), provider, model]))[0];
  }

  async save(providerId: string, model: string, { description, enabled }: SaveModel, userId: string): Promise<void> {
    await this.database.query(save, [providerId, model, description, enabled, userId]);
  }

  /** Whether it was there. */
  async delete(providerId: string, model: string): Promise<boolean> {
    return (await this.database.query(remove, [providerId, model])).length > 0;
  }
}
