import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { AuditRecorder } from '../../../auth/audit/audit-recorder.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository, type OwnerWithRole } from '../../../auth/accounts/owner.repository.js';
import { actingOwner } from '../../acting-owner.js';
import { type ModelReference, readReference, writeReference } from './integration-names.js';
import { Integration } from './integration.entity.js';
import { type IntegrationRecord, IntegrationRepository } from './integration.repository.js';
import { Configuration, type IntegrationFilter, type Provider, type SaveProvider } from './integrations.dto.js';
import { IntegrationNotFound } from './integrations.errors.js';
import { toProvider } from './integrations.mapper.js';
import { ConfigurationCipher } from './configuration-cipher.js';

/** The connection of a provider, decrypted. */
export interface DecryptedConnection {
  readonly type: string;
  readonly configuration: Configuration;
}

/** A provider that no one else changes until the transaction ends, with its owner. */
export interface LockedIntegration {
  readonly integration: Integration;
  readonly owner: OwnerWithRole;
}

/** Providers of models. Administrators save them; every member of their owner may use those that are not restricted. */
@Injectable()
export class IntegrationsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    @InjectRepository(Integration) private readonly integrations: IntegrationRepository,
    private readonly cipher: ConfigurationCipher,
    private readonly audit: AuditRecorder,
  ) {}

  /**
   * Checks that each `provider:model` exists, is enabled, and may be used by the caller. @throws IntegrationNotFound
   */
  async assertUsable(ownerId: string, models: readonly string[], caller: Principal): Promise<void> {
    if (models.length === 0) return;
    const missing = await this.integrations.firstUnusable(ownerId, models.map(readReference), caller);
    if (missing) throw IntegrationNotFound({ integration: writeReference(missing) });
  }

  async list({ category, activeOnly }: IntegrationFilter, caller: Principal): Promise<Provider[]> {
    if (category !== undefined && category !== 'AI_MODEL') return [];
    const { id } = await this.owners.get(actingOwner(caller));
    return (await this.integrations.list(id, activeOnly, caller)).map(toProvider);
  }

  /** @throws IntegrationNotFound */
  async get(name: string, caller: Principal): Promise<Provider> {
    return toProvider(await this.find(name, caller));
  }

  /** @throws IntegrationNotFound */
  async find(name: string, caller: Principal): Promise<IntegrationRecord & Pick<Integration, 'ownerId'>> {
    const { id: ownerId } = await this.owners.get(actingOwner(caller));
    const found = await this.integrations.findUsable(ownerId, name, caller);
    if (!found) throw IntegrationNotFound({ integration: name });
    return { ...found, ownerId };
  }

  /** Locks a provider in the running transaction. @throws IntegrationNotFound */
  async lock(name: string, caller: Principal): Promise<LockedIntegration> {
    const owner = await this.owners.get(actingOwner(caller));
    const integration = await this.integrations.lock(owner.id, name);
    if (!integration) throw IntegrationNotFound({ integration: name });
    return { integration, owner };
  }

  /** @throws PrivateModelEndpoint, HostServiceEndpoint */
  async save(name: string, input: SaveProvider, caller: Principal): Promise<void> {
    const { type, description, enabled } = input;
    const restricted = input.restricted ?? undefined;
    const { id, slug } = await this.owners.get(actingOwner(caller));
    const configuration = input.configuration
      ? await this.cipher.encrypt(input.configuration, encryptionContext(id, name))
      : undefined;
    await this.em.transactional(async () => {
      await this.integrations.save(id, { name, type, description, enabled, restricted, configuration }, caller.userId);
      const details = { type, enabled, restricted: restricted ?? null, configured: configuration !== undefined };
      await this.audit.record(caller, { action: 'integration.save', subject: `${slug}/${name}`, details });
    });
  }

  /** Its models and its grants go with it; templates keep its name. @throws IntegrationNotFound */
  async delete(name: string, caller: Principal): Promise<void> {
    const { id, slug } = await this.owners.get(actingOwner(caller));
    await this.em.transactional(async () => {
      const wasDeleted = await this.integrations.removeByName(id, name);
      if (!wasDeleted) throw IntegrationNotFound({ integration: name });
      await this.audit.record(caller, { action: 'integration.delete', subject: `${slug}/${name}` });
    });
  }

  /** @throws IntegrationNotFound, ConfigurationUnreadable */
  async connectionTo(model: ModelReference, caller: Principal): Promise<DecryptedConnection> {
    const { id } = await this.owners.get(actingOwner(caller));
    const found = await this.integrations.connection(id, model, caller);
    if (!found) throw IntegrationNotFound({ integration: writeReference(model) });
    const configuration = found.configuration
      ? this.cipher.decrypt(found.configuration, encryptionContext(id, model.provider))
      : {};
    return { type: found.type, configuration: Configuration.parse(configuration) };
  }
}

/** The additional data of the encryption. Owner id and name of a provider never change. */
function encryptionContext(ownerId: string, name: string): string {
  return `${ownerId}/${name}`;
}
