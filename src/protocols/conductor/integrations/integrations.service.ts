import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { AuditLedger } from '../../../auth/audit/audit-ledger.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../auth/accounts/owner.repository.js';
import { Database } from '../../../database/database.js';
import { actingOwner } from '../../acting-owner.js';
import { EndpointAddresses } from '../endpoints/endpoint-addresses.js';
import { type ModelReference, readReference, writeReference } from './integration-names.js';
import { Configuration, type IntegrationFilter, type Provider, type SaveProvider } from './integrations.dto.js';
import { IntegrationNotFound } from './integrations.errors.js';
import { IntegrationsRepository } from './integrations.repository.js';
import { toProvider } from './integration-views.js';
import { SealedConfiguration } from './sealed-configuration.js';

/** What a call to a provider needs, decrypted. */
export interface OpenConnection {
  readonly type: string;
  readonly configuration: Configuration;
}

/** Providers of models: admins save them, every member of their owner uses those that are not restricted. */
@Injectable()
export class Integrations {
  constructor(
    private readonly database: Database,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly integrations: IntegrationsRepository,
    private readonly endpoints: EndpointAddresses,
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
    const { id } = await this.owners.get(actingOwner(me));
    const found = await this.integrations.find(id, name, me);
    if (!found) throw IntegrationNotFound({ integration: name });
    return toProvider(found);
  }

  /** @throws PrivateModelEndpoint, HostServiceEndpoint */
  async save(name: string, wish: SaveProvider, me: Principal): Promise<void> {
    const { type, description, enabled } = wish;
    const restricted = wish.restricted ?? null;
    const given = wish.configuration ?? null;
    if (given?.endpoint) await this.endpoints.assertAllowed(new URL(given.endpoint));
    const { id, slug } = await this.owners.get(actingOwner(me));
    const configuration = given && this.sealed.seal(given, placeOf(id, name));
    await this.database.transaction(async () => {
      await this.integrations.save(id, { name, type, description, enabled, restricted, configuration }, me.userId);
      const details = { type, enabled, restricted, configured: given !== null };
      await this.audit.record(me, { action: 'integration.save', subject: `${slug}/${name}`, details });
    });
  }

  /** Its models and its grants go with it; templates keep its name. @throws IntegrationNotFound */
  async delete(name: string, me: Principal): Promise<void> {
    const { id, slug } = await this.owners.get(actingOwner(me));
    await this.database.transaction(async () => {
      const wasThere = await this.integrations.delete(id, name);
      if (!wasThere) throw IntegrationNotFound({ integration: name });
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
