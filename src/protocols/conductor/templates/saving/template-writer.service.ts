import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../auth/access/principal.js';
import { Owner } from '../../../../auth/accounts/owner.entity.js';
import { OwnerRepository, type OwnerWithRole } from '../../../../auth/accounts/owner.repository.js';
import { isError } from '../../../../common/errors/define-error.js';
import { PromptExists, PromptNotFound } from '../../../../prompts/prompts.errors.js';
import { actingOwner } from '../../../acting-owner.js';
import { Integrations } from '../../integrations/integrations.service.js';
import { TemplateAccess } from '../template-access.js';
import type { TemplateSave } from './template-save.js';
import { TemplateVersionWriter } from './template-version-writer.service.js';

/** Each attempt but the last has lost a race against another request that created or deleted the prompt. */
const maxAttempts = 5;

/** Saves templates: a version is a pointer, so that what is saved over stays in the prompt's history. */
@Injectable()
export class TemplateWriter {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly access: TemplateAccess,
    private readonly integrations: Integrations,
    private readonly versions: TemplateVersionWriter,
  ) {}

  /** @throws MayNotUpdate, IntegrationNotFound, LabelProtected, NameRetired and what creating a prompt throws */
  async save(save: TemplateSave, me: Principal): Promise<void> {
    const owner = await this.owners.get(actingOwner(me));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.em.transactional(() => this.attempt(owner, save, me));
      } catch (error) {
        const isRaceLost = isError(error, PromptExists) || isError(error, PromptNotFound);
        if (!isRaceLost || attempt === maxAttempts) throw error;
      }
    }
  }

  private async attempt(owner: OwnerWithRole, save: TemplateSave, me: Principal): Promise<void> {
    const found = await this.access.find(save.name, me, 'UPDATE');
    await this.integrations.assertUsable(owner.id, save.settings.integrations ?? [], me);
    await this.versions.write(owner, found?.id, save, me);
  }
}
