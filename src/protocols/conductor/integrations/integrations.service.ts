import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { AuditLedger } from '../../../auth/audit/audit-ledger.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository, type OwnerWithRole } from '../../../auth/accounts/owner.repository.js';
import { actingOwner } from '../../acting-owner.js';
import { type ModelReference, readReference, writeReference } from './integration-names.js';
import { Integration } from './integration.entity.js';
import { type IntegrationRecord, IntegrationRepository } from './integration.repository.js';
import { Configuration, type IntegrationFilter, type Provider, type SaveProvider } from './integrations.dto.js';
import { IntegrationNotFound } from './integrations.errors.js';
import { toProvider } from './integrations.mapper.js';
import { SealedConfiguration } from './sealed-configuration.js';

/** What a call to a provider needs, decrypted. */
export interface OpenConnection {
  readonly type: string;
  readonly configuration: Configuration;
}

/** A provider that no one else changes until the transaction ends, with its owner. */
export interface LockedIntegration {
  readonly integration: Integration;
  readonly owner: OwnerWithRole;
}

/** Providers of models: admins save them, every member of their owner uses those that are not restricted. */
@Injectable()
export class Integrations {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    @InjectRepository(Integration) private readonly integrations: IntegrationRepository,
    private readonly sealed: SealedConfiguration,
    private readonly audit: AuditLedger,
  ) {}

  /** Each is a `provider:model` that is there, switched on, and the caller's to use. @throws IntegrationNotFound */
  async assertUsable(ownerId: string, models: readonly string[], me: Principal): Promise<void> {
    if (models.length === 0) return;
    const missing = await this.integrations.firstUnusable(ownerId, models.map(readReference), me);
    if (missing) throw IntegrationNotFound({ integration: writeReference(missing) });
  }

  async list({ category, activeOnly }: IntegrationFilter, me: Principal): Promise<Provider[]> {
    if (category !== undefined && category !== 'AI_MODEL') return [];
    const { id } = await this.owners.get(actingOwner(me));
    return (await this.integrations.list(id, activeOnly, me)).map(toProvider);
  }

  /** @throws IntegrationNotFound */
  async get(name: string, me: Principal): Promise<Provider> {
    return toProvider(await this.find(name, me));
  }

  /** @throws IntegrationNotFound */
  async find(name: string, me: Principal): Promise<IntegrationRecord & Pick<Integration, 'ownerId'>> {
    const { id: ownerId } = await this.owners.get(actingOwner(me));
    const found = await this.integrations.findUsable(ownerId, name, me);
    if (!found) throw IntegrationNotFound({ integration: name });
    return { ...found, ownerId };
  }

  /** Locks a provider in the running transaction. @throws IntegrationNotFound */
  async lock(name: string, me: Principal): Promise<LockedIntegration> {
    const owner = await this.owners.get(actingOwner(me));
    const integration = await this.integrations.lock(owner.id, name);
    if (!integration) throw IntegrationNotFound({ integration: name });
    return { integration, owner };
  }

  /** @throws PrivateModelEndpoint, HostServiceEndpoint */
  async save(name: string, input: SaveProvider, me: Principal): Promise<void> {
    const { type, description, enabled } = input;
    const restricted = input.restricted ?? undefined;
    const { id, slug } = await this.owners.get(actingOwner(me));
    const configuration = input.configuration
      ? await this.sealed.seal(input.configuration, placeOf(id, name))
      : undefined;
    await this.em.transactional(async () => {
      await this.integrations.save(id, { name, type, description, enabled, restricted, configuration }, me.userId);
      const details = { type, enabled, restricted: restricted ?? null, configured: configuration !== undefined };
      await this.audit.record(me, { action: 'integration.save', subject: `${slug}/${name}`, details });
    });
  }

  /** Its models and its grants go with it; templates keep its name. @throws IntegrationNotFound */
  async delete(name: string, me: Principal): Promise<void> {
    const { id, slug } = await this.owners.get(actingOwner(me));
    await this.em.transactional(async () => {
      const wasDeleted = await this.integrations.removeByName(id, name);
      if (!wasDeleted) throw IntegrationNotFound({ integration: name });
      await this.audit.record(me, { action: 'integration.delete', subject: `${slug}/${name}` });
    });
  }

  /** @throws IntegrationNotFound, ConfigurationUnreadable */
  async connectionTo(model: ModelReference, me: Principal): Promise<OpenConnection> {
    const { id } = await this.owners.get(actingOwner(me));
    const found = await this.integrations.connection(id, model, me);
    if (!found) throw IntegrationNotFound({ integration: writeReference(model) });
    const configuration = found.configuration ? this.sealed.open(found.configuration, placeOf(id, model.provider)) : {};
    return { type: found.type, configuration: Configuration.parse(configuration) };
  }
}

/** What a configuration is bound to: neither an owner nor a name of a provider changes. */
function placeOf(ownerId: string, name: string): string {
  return `${ownerId}/${name}`;
}
