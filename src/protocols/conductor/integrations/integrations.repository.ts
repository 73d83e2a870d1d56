import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../../auth/access/principal.js';
import { Database } from '../../../database/database.js';
import type { ModelReference } from './integration-names.js';
import { askedBy, usableBy } from './usable-by.js';

/** When something was made and last saved, and by whom. */
export interface Life {
  readonly description: string;
  readonly enabled: boolean;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_by: string;
  readonly updated_at: string;
}

export interface ProviderRow extends Life {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly restricted: boolean;
  readonly models: number;
}

/** What a call to a provider needs. */
export interface Connection {
  readonly type: string;
  readonly configuration: Buffer | null;
}

/** What of a provider is saved; what is null stays as it is. */
export interface SavedProvider {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly restricted: boolean | null;
  readonly configuration: Buffer | null;
}

/** The columns of `Life` of a row that is called `row`. */
export const lifeOf = (row: string) => `${row}.description, ${row}.enabled, ${row}.created_at, ${row}.updated_at,
  (select slug from owner where id = ${row}.created_by) as created_by,
  (select slug from owner where id = ${row}.updated_by) as updated_by`;

const columns = `i.id, i.name, i.type, i.restricted, ${lifeOf('i')},
  (select count(*)::int from integration_model where integration_id = i.id) as models`;
const list = {
  name: 'integrations',
  text: `select ${columns} from integration i where i.owner_id = $1 and ${usableBy} and (i.enabled or not $4)
         order by i.name collate "C"`,
};
const one = {
  name: 'integration',
  text: `select ${columns} from integration i where i.owner_id = $1 and ${usableBy} and i.name = $4`,
};
const lock = {
  name: 'lock-integration',
  text: 'select id from integration where owner_id = $1 and name = $2 for update',
};
// One statement, so that of two who make the same one the second changes it.
const save = {
  name: 'save-integration',
  text: `insert into integration as i (id, owner_id, name, type, description, enabled, restricted, configuration,
           created_by, created_at, updated_by, updated_at)
         values ($1, $2, $3, $4, $5, $6, coalesce($7, false), $8, $9, now(), $9, now())
         on conflict on constraint integration_name_key do update set type = $4, description = $5, enabled = $6,
           restricted = coalesce($7, i.restricted), configuration = coalesce($8, i.configuration),
           updated_by = $9, updated_at = now()`,
};
const remove = {
  name: 'delete-integration',
  text: 'delete from integration where owner_id = $1 and name = $2 returning id',
};
const usable = `from integration i join integration_model m on m.integration_id = i.id
  where i.owner_id = $1 and ${usableBy} and i.enabled and m.enabled`;
const unusable = {
  name: 'unusable-models',
  text: `select w.provider, w.model from unnest($4::text[], $5::text[]) with ordinality w (provider, model, place)
         where not exists (select ${usable} and i.name = w.provider and m.name = w.model) order by w.place limit 1`,
};
const connection = {
  name: 'integration-connection',
  text: `select i.type, i.configuration ${usable} and i.name = $4 and m.name = $5`,
};

/** Providers of models, by their owner and name. */
@Injectable()
export class IntegrationsRepository {
  constructor(private readonly database: Database) {}

  /** Those that the caller may use, by name. */
  list(ownerId: string, activeOnly: boolean, me: Principal): Promise<ProviderRow[]> {
    return this.database.query<ProviderRow>(list, [...askedBy(ownerId, me), activeOnly]);
  }

  async find(ownerId: string, name: string, me: Principal): Promise<ProviderRow | undefined> {
    return (await this.database.query<ProviderRow>(one, [...askedBy(ownerId, me), name]))[0];
  }

  /** Its id; locked until the running transaction ends. */
  async lock(ownerId: string, name: string): Promise<string | undefined> {
    return (await this.database.query<{ id: string }>(lock, [ownerId, name]))[0]?.id;
  }

  async save(ownerId: string, provider: SavedProvider, userId: string): Promise<void> {
    const { name, type, description, enabled, restricted, configuration } = provider;
    const values = [name, type, description, enabled, restricted, configuration];
    await this.database.query(save, [randomUUID(), ownerId, ...values, userId]);
  }

  /** Whether it was there; its models and grants go with it. */
  async delete(ownerId: string, name: string): Promise<boolean> {
    return (await this.database.query(remove, [ownerId, name])).length > 0;
  }

  /** The first of the models that the caller cannot use: there is none, it is switched off, or it is for others. */
  async firstUnusable(
    ownerId: string,
    models: readonly ModelReference[],
    me: Principal,
  ): Promise<ModelReference | undefined> {
    const names = [models.map(({ provider }) => provider), models.map(({ model }) => model)];
    return (await this.database.query<ModelReference>(unusable, [...askedBy(ownerId, me), ...names]))[0];
  }

  /** Undefined for what the caller cannot use. */
  async connection(
    ownerId: string,
    { provider, model }: ModelReference,
    me: Principal,
  ): Promise<Connection | undefined> {
    return (await this.database.query<Connection>(connection, [...askedBy(ownerId, me), provider, model]))[0];
  }
}
