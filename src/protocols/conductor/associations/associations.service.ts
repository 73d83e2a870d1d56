import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { ConductorVersionReader } from '../../../history/pointers/conductor-version-reader.js';
import { PromptNotFound } from '../../../prompts/prompts.errors.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { writeReference } from '../integrations/integration-names.js';
import { toMessageTemplate } from '../templates/message-template.js';
import { TemplateWriterService } from '../templates/saving/template-writer.service.js';
import { TemplateAccessService } from '../templates/template-access.service.js';
import type { AssociationPath } from './associations.dto.js';

/** For which models a prompt is: that stands in its highest version alone. */
@Injectable()
export class AssociationsService {
  constructor(
    private readonly em: EntityManager,
    private readonly access: TemplateAccessService,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly versions: ConductorVersionReader,
    private readonly writer: TemplateWriterService,
  ) {}

  /** Adds the model to the highest version of the prompt. @throws PromptNotFound, and what TemplateWriterService.save() throws */
  async add({ prompt: name, ...path }: AssociationPath, caller: Principal): Promise<void> {
    const { id } = await this.access.get(name, caller, 'UPDATE');
    await this.em.transactional(async () => {
      // Read under the lock, so that no concurrent addition is lost.
      await this.prompts.lockActive(id);
      const shown = await this.versions.find(id);
      if (!shown) throw PromptNotFound();
      const { template, version, integrations } = toMessageTemplate(shown);
      const settings = { integrations: [...new Set([...integrations, writeReference(path)])] };
      await this.writer.save({ name, template, version, settings, resetCreated: false }, caller);
    });
  }
}
