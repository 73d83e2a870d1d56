import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Owner } from '../../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../../auth/accounts/owner.repository.js';
import type { Principal } from '../../../../auth/access/principal.js';
import { AuditRecorder } from '../../../../auth/audit/audit-recorder.js';
import { actingOwner } from '../../../acting-owner.js';
import { IntegrationModel } from './integration-model.entity.js';
import { IntegrationModelRepository } from './integration-model.repository.js';
import { writeReference } from '../integration-names.js';
import type { IntegrationFilter, Model, ModelPath, SaveModel } from '../integrations.dto.js';
import { IntegrationNotFound } from '../integrations.errors.js';
import { toModel } from '../integrations.mapper.js';
import { IntegrationsService, type LockedIntegration } from '../integrations.service.js';

/** The models that a provider is used for. */
@Injectable()
export class IntegrationModelsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly integrations: IntegrationsService,
    @InjectRepository(IntegrationModel) private readonly models: IntegrationModelRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws IntegrationNotFound */
  async list(provider: string, { activeOnly }: IntegrationFilter, caller: Principal): Promise<Model[]> {
    const { ownerId } = await this.integrations.find(provider, caller);
    return (await this.models.list(ownerId, provider, activeOnly, caller)).map((model) => toModel(model, provider));
  }

  /** @throws IntegrationNotFound */
  async get(path: ModelPath, caller: Principal): Promise<Model> {
    const { id } = await this.owners.get(actingOwner(caller));
    const found = await this.models.findUsable(id, path, caller);
    if (!found) throw IntegrationNotFound({ integration: writeReference(path) });
    return toModel(found, path.provider);
  }

  /** @throws IntegrationNotFound if there is no such provider */
  async save(path: ModelPath, input: SaveModel, caller: Principal): Promise<void> {
    const { description, enabled } = input;
    await this.withLockedProvider(path.provider, caller, async ({ integration, owner }) => {
      const key = { integrationId: integration.id, name: path.model };
      const saved = { description, enabled, updatedBy: caller.userId, updatedAt: new Date() };
      const model = await this.models.findOne(key);
      if (model) this.models.assign(model, saved);
      else this.models.create({ ...key, ...saved, createdBy: saved.updatedBy, createdAt: saved.updatedAt });
      const subject = `${owner.slug}/${writeReference(path)}`;
      await this.audit.record(caller, { action: 'integration.save', subject, details: { enabled } });
    });
  }

  /** Templates keep its name. @throws IntegrationNotFound */
  async delete(path: ModelPath, caller: Principal): Promise<void> {
    await this.withLockedProvider(path.provider, caller, async ({ integration, owner }) => {
      const wasDeleted = (await this.models.nativeDelete({ integrationId: integration.id, name: path.model })) > 0;
      if (!wasDeleted) throw IntegrationNotFound({ integration: writeReference(path) });
      const subject = `${owner.slug}/${writeReference(path)}`;
      await this.audit.record(caller, { action: 'integration.delete', subject });
    });
  }

  /** Changes the models of a provider, which is not deleted meanwhile. */
  private withLockedProvider(
    provider: string,
    caller: Principal,
    change: (locked: LockedIntegration) => Promise<void>,
  ): Promise<void> {
    return this.em.transactional(async () => change(await this.integrations.lock(provider, caller)));
  }
}
