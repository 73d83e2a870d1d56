import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../auth/accounts/owner.repository.js';
import { jsonArray } from '../../../common/http/json-array.js';
import { ConductorVersionReader } from '../../../history/pointers/conductor-version-reader.js';
import { PromptNotFound } from '../../../prompts/prompts.errors.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { VisibilityScopesService } from '../../../prompts/search/visibility-scopes.service.js';
import { restrictToOwner } from '../../../prompts/search/visibility-scope.queries.js';
import { actingOwner } from '../../acting-owner.js';
import { IntegrationModelsService } from '../integrations/models/integration-models.service.js';
import { writeReference } from '../integrations/integration-names.js';
import type { ModelPath } from '../integrations/integrations.dto.js';
import { toMessageTemplate } from '../templates/message-template.js';
import { TemplateWriterService } from '../templates/saving/template-writer.service.js';
import { TemplateAccessService } from '../templates/template-access.service.js';
import type { AssociationPath } from './associations.dto.js';

/** The models of prompts. They are stored in the highest version and nowhere else. */
@Injectable()
export class AssociationsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly access: TemplateAccessService,
    @InjectRepository(Prompt) private readonly promptsRepository: PromptRepository,
    private readonly conductorVersions: ConductorVersionReader,
    private readonly scopes: VisibilityScopesService,
    private readonly models: IntegrationModelsService,
    private readonly writer: TemplateWriterService,
  ) {}

  /** Adds the model to the highest version of the prompt. @throws PromptNotFound, and what TemplateWriterService.save() throws */
  async add({ prompt: name, ...path }: AssociationPath, caller: Principal): Promise<void> {
    const { id } = await this.access.get(name, caller, 'UPDATE');
    await this.em.transactional(async () => {
      // Read under the lock, so that no concurrent addition is lost.
      await this.promptsRepository.lockActive(id);
      const shown = await this.conductorVersions.find(id);
      if (!shown) throw PromptNotFound();
      const { template, version, integrations } = toMessageTemplate(shown);
      const settings = { integrations: [...new Set([...integrations, writeReference(path)])] };
      await this.writer.save({ name, template, version, settings, resetCreated: false }, caller);
    });
  }

  /** The prompts for the model that the caller may read. @throws IntegrationNotFound */
  async list(path: ModelPath, caller: Principal): Promise<StreamableFile> {
    await this.models.get(path, caller);
    const { id: ownerId } = await this.owners.get(actingOwner(caller), caller.userId);
    const visibleScopes = restrictToOwner(await this.scopes.of(caller), ownerId);
    const page = (after?: string) =>
      this.conductorVersions.latest(ownerId, visibleScopes, after, { integrations: [writeReference(path)] });
    return jsonArray(await page(), ({ name }) => page(name), toMessageTemplate);
  }
}
