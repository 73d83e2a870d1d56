import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../auth/access/principal.js';
import { Owner } from '../../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../../auth/accounts/owner.repository.js';
import { isError } from '../../../../common/errors/define-error.js';
import { PromptExists, PromptNotFound } from '../../../../prompts/prompts.errors.js';
import { actingOwner } from '../../../acting-owner.js';
import { IntegrationsService } from '../../integrations/integrations.service.js';
import { TemplateAccessService } from '../template-access.service.js';
import type { TemplateSave } from './template-save.js';
import { TemplateVersionWriter } from './template-version-writer.service.js';

/** Each attempt but the last has lost a race against another request that created or deleted the prompt. */
const maxAttempts = 5;

/** Saves templates. A version is a pointer, so that a replaced text stays in the history of the prompt. */
@Injectable()
export class TemplateWriterService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly access: TemplateAccessService,
    private readonly integrations: IntegrationsService,
    private readonly versions: TemplateVersionWriter,
  ) {}

  /** @throws MayNotUpdate, IntegrationNotFound, LabelProtected, NameReserved and what creating a prompt throws */
  async save(save: TemplateSave, caller: Principal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.em.transactional(() => this.attempt(save, caller));
      } catch (error) {
        const isRaceLost = isError(error, PromptExists) || isError(error, PromptNotFound);
        if (!isRaceLost || attempt === maxAttempts) throw error;
      }
    }
  }

  private async attempt(save: TemplateSave, caller: Principal): Promise<void> {
    const found = await this.access.find(save.name, caller, 'UPDATE');
    const { integrations = [] } = save.settings;
    if (integrations.length > 0) {
      const ownerId = found?.ownerId ?? (await this.owners.get(actingOwner(caller))).id;
      await this.integrations.assertUsable(ownerId, integrations, caller);
    }
    await this.versions.write(found, save, caller);
  }
}
