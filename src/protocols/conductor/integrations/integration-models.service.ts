import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { AuditLedger } from '../../../auth/audit/audit-ledger.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository, type OwnerWithRole } from '../../../auth/accounts/owner.repository.js';
import { Database } from '../../../database/database.js';
import { actingOwner } from '../../acting-owner.js';
import { IntegrationModelsRepository } from './integration-models.repository.js';
import { writeReference } from './integration-names.js';
import { toModel } from './integration-views.js';
import type { IntegrationFilter, Model, ModelPath, SaveModel } from './integrations.dto.js';
import { IntegrationNotFound } from './integrations.errors.js';
import { IntegrationsRepository } from './integrations.repository.js';

/** The models that a provider is used for. */
@Injectable()
export class IntegrationModels {
  constructor(
    private readonly database: Database,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly providers: IntegrationsRepository,
    private readonly models: IntegrationModelsRepository,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws IntegrationNotFound */
  async list(provider: string, { activeOnly }: IntegrationFilter, me: Principal): Promise<Model[]> {
    const { id } = await this.owners.get(actingOwner(me));
    const found = await this.providers.find(id, provider, me);
    if (!found) throw IntegrationNotFound({ integration: provider });
    return (await this.models.list(id, provider, activeOnly, me)).map((row) => toModel(row, provider));
  }

  /** @throws IntegrationNotFound */
  async get(path: ModelPath, me: Principal): Promise<Model> {
    const { id } = await this.owners.get(actingOwner(me));
    const found = await this.models.find(id, path, me);
    if (!found) throw IntegrationNotFound({ integration: writeReference(path) });
    return toModel(found, path.provider);
  }

  /** @throws IntegrationNotFound if there is no such provider */
  async save(path: ModelPath, wish: SaveModel, me: Principal): Promise<void> {
    await this.changing(path.provider, me, async (providerId, { slug }) => {
      await this.models.save(providerId, path.model, wish, me.userId);
      const details = { enabled: wish.enabled };
      await this.audit.record(me, { action: 'integration.save', subject: `${slug}/${writeReference(path)}`, details });
    });
  }

  /** Templates keep its name. @throws IntegrationNotFound */
  async delete(path: ModelPath, me: Principal): Promise<void> {
    await this.changing(path.provider, me, async (providerId, { slug }) => {
      const wasThere = await this.models.delete(providerId, path.model);
      if (!wasThere) throw IntegrationNotFound({ integration: writeReference(path) });
      await this.audit.record(me, { action: 'integration.delete', subject: `${slug}/${writeReference(path)}` });
    });
  }

  /** Changes the models of a provider, which stays there meanwhile. */
  private async changing(
    provider: string,
    me: Principal,
    change: (providerId: string, owner: OwnerWithRole) => Promise<void>,
  ): Promise<void> {
    const owner = await this.owners.get(actingOwner(me));
    await this.database.transaction(async () => {
      const providerId = await this.providers.lock(owner.id, provider);
      if (providerId === undefined) throw IntegrationNotFound({ integration: provider });
      await change(providerId, owner);
    });
  }
}
