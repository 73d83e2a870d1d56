import { LockMode } from '@mikro-orm/core';
import { EntityRepository } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../../auth/access/principal.js';
import type { ModelReference } from './integration-names.js';
import { Integration } from './integration.entity.js';
import {
  integrationByName,
  integrationConnection,
  integrationList,
  unusableModel,
  usableByValues,
} from './integrations.queries.js';

/** The fields that providers and models share, with the names of users. */
export interface IntegrationFields extends Pick<Integration, 'description' | 'enabled' | 'createdBy' | 'updatedBy'> {
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface IntegrationRecord extends IntegrationFields, Pick<Integration, 'id' | 'name' | 'type' | 'restricted'> {
  readonly modelCount: number;
}

/** The connection of a provider, encrypted. */
export interface Connection {
  readonly type: string;
  readonly configuration: Buffer | null;
}

/** The fields of a provider to save; undefined ones are left unchanged. */
export interface SavedIntegration extends Pick<Integration, 'name' | 'type' | 'description' | 'enabled'> {
  readonly restricted: boolean | undefined;
  readonly configuration: Buffer | undefined;
}

/** Providers of models, by their owner and name. */
export class IntegrationRepository extends EntityRepository<Integration> {
  /** Those that the caller may use, by name. */
  list(ownerId: string, activeOnly: boolean, caller: Principal): Promise<IntegrationRecord[]> {
    return this.em.execute<IntegrationRecord[]>(integrationList, [...usableByValues(ownerId, caller), activeOnly]);
  }

  async findUsable(ownerId: string, name: string, caller: Principal): Promise<IntegrationRecord | undefined> {
    return (
      await this.em.execute<IntegrationRecord[]>(integrationByName, [...usableByValues(ownerId, caller), name])
    )[0];
  }

  /** Locked until the running transaction ends. */
  lock(ownerId: string, name: string): Promise<Integration | null> {
    return this.findOne({ ownerId, name }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  /** In one statement, so that of two who create the same one the second changes it. */
  async save(ownerId: string, integration: SavedIntegration, userId: string): Promise<void> {
    const now = new Date();
    const { restricted = false, configuration = null, ...fields } = integration;
    await this.upsert(
      {
        id: randomUUID(),
        ownerId,
        ...fields,
        restricted,
        configuration,
        createdBy: userId,
        createdAt: now,
        updatedBy: userId,
        updatedAt: now,
      },
      {
        onConflictFields: ['ownerId', 'name'],
        onConflictMergeFields: [
          'type',
          'description',
          'enabled',
          ...(integration.restricted === undefined ? [] : ['restricted' as const]),
          ...(integration.configuration === undefined ? [] : ['configuration' as const]),
          'updatedBy',
          'updatedAt',
        ],
      },
    );
  }

  /** Deletes a provider with its models and grants. Returns whether it existed. */
  async removeByName(ownerId: string, name: string): Promise<boolean> {
    return (await this.nativeDelete({ ownerId, name })) > 0;
  }

  /** The first of the models that the caller cannot use, because it does not exist, is disabled, or is restricted. */
  async firstUnusable(
    ownerId: string,
    models: readonly ModelReference[],
    caller: Principal,
  ): Promise<ModelReference | undefined> {
    const names = [models.map(({ provider }) => provider), models.map(({ model }) => model)];
    return (await this.em.execute<ModelReference[]>(unusableModel, [...usableByValues(ownerId, caller), ...names]))[0];
  }

  /** Undefined if the caller cannot use it. */
  async connection(
    ownerId: string,
    { provider, model }: ModelReference,
    caller: Principal,
  ): Promise<Connection | undefined> {
    const values = [...usableByValues(ownerId, caller), provider, model];
    return (await this.em.execute<Connection[]>(integrationConnection, values))[0];
  }
}

Integration.setCustomRepository(() => IntegrationRepository);
