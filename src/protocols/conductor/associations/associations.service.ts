import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../auth/accounts/owner.repository.js';
import { jsonArray } from '../../../common/http/json-array.js';
import { Database } from '../../../database/database.js';
import { ConductorVersionReader } from '../../../history/labels/conductor-version-reader.js';
import { PromptNotFound } from '../../../prompts/prompts.errors.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { ReadableShelves } from '../../../prompts/search/readable-shelves.js';
import { ofOwner } from '../../../prompts/search/visible-to.js';
import { actingOwner } from '../../acting-owner.js';
import { IntegrationModels } from '../integrations/integration-models.service.js';
import { writeReference } from '../integrations/integration-names.js';
import type { ModelPath } from '../integrations/integrations.dto.js';
import { toMessageTemplate } from '../templates/message-template.js';
import { TemplateWriter } from '../templates/saving/template-writer.service.js';
import { TemplateAccess } from '../templates/template-access.js';
import type { AssociationPath } from './associations.dto.js';

/** Which prompts are for which models: what their highest version says, and nothing that is kept beside it. */
@Injectable()
export class AssociationsService {
  constructor(
    private readonly database: Database,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly access: TemplateAccess,
    @InjectRepository(Prompt) private readonly rows: PromptRepository,
    private readonly conductorVersions: ConductorVersionReader,
    private readonly readable: ReadableShelves,
    private readonly models: IntegrationModels,
    private readonly writer: TemplateWriter,
  ) {}

  /** Adds the model to the highest version of the prompt. @throws PromptNotFound, and what TemplateWriter.save() throws */
  async add({ prompt: name, ...path }: AssociationPath, me: Principal): Promise<void> {
    const { id } = await this.access.get(name, me, 'UPDATE');
    await this.database.transaction(async () => {
      // Read under the lock, so that of two that are added at once neither is lost.
      await this.rows.lockActive(id);
      const shown = await this.conductorVersions.find(id);
      if (!shown) throw PromptNotFound();
      const { template, version, integrations } = toMessageTemplate(shown);
      const settings = { integrations: [...new Set([...integrations, writeReference(path)])] };
      await this.writer.save({ name, template, version, settings, resetCreated: false }, me);
    });
  }

  /** The prompts that are for the model, of those that the caller may read. @throws IntegrationNotFound */
  async list(path: ModelPath, me: Principal): Promise<StreamableFile> {
    await this.models.get(path, me);
    const { id: ownerId } = await this.owners.get(actingOwner(me), me.userId);
    const shelves = ofOwner(await this.readable.of(me), ownerId);
    const page = (behind?: string) =>
      this.conductorVersions.latest(ownerId, shelves, behind, { integrations: [writeReference(path)] });
    return jsonArray(await page(), ({ name }) => page(name), toMessageTemplate);
  }
}
