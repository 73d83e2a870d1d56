import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../auth/accounts/owner.repository.js';
import { jsonArray } from '../../../common/http/json-array.js';
import { ConductorVersionReader } from '../../../history/pointers/conductor-version-reader.js';
import { VisibilityScopesService } from '../../../prompts/search/visibility-scopes.service.js';
import { restrictToOwner } from '../../../prompts/search/visibility-scope.queries.js';
import { actingOwner } from '../../acting-owner.js';
import { IntegrationModelsService } from '../integrations/models/integration-models.service.js';
import { writeReference } from '../integrations/integration-names.js';
import type { ModelPath } from '../integrations/integrations.dto.js';
import { toTemplateJson } from '../templates/message-template.js';

/** Lists the prompts whose highest version names a model. */
@Injectable()
export class AssociatedTemplatesService {
  constructor(
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly models: IntegrationModelsService,
    private readonly versions: ConductorVersionReader,
    private readonly readable: VisibilityScopesService,
  ) {}

  /** The prompts for the model that the caller may read. @throws IntegrationNotFound */
  async list(path: ModelPath, caller: Principal): Promise<StreamableFile> {
    await this.models.get(path, caller);
    const ownerId = await this.owners.idOf(actingOwner(caller));
    const scopes = restrictToOwner(await this.readable.of(caller), ownerId);
    const page = (after?: string) =>
      this.versions.latest(ownerId, scopes, after, { integrations: [writeReference(path)] });
    return jsonArray(await page(), ({ name }) => page(name), toTemplateJson);
  }
}
