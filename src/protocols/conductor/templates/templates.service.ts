import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../auth/accounts/owner.repository.js';
import { type Answer, jsonAnswer } from '../../../common/http/answer.js';
import { jsonArray } from '../../../common/http/json-array.js';
import { ConductorVersionReader } from '../../../history/pointers/conductor-version-reader.js';
import { PromptNotFound } from '../../../prompts/prompts.errors.js';
import { VersionNotFound } from '../../../history/releases/releases.errors.js';
import { VisibilityScopesService } from '../../../prompts/search/visibility-scopes.service.js';
import { restrictToOwner } from '../../../prompts/search/visibility-scope.queries.js';
import { actingOwner } from '../../acting-owner.js';
import { toTemplateJson } from './message-template.js';
import { assertAllowed, TemplateAccessService } from './template-access.service.js';

/** Templates as clients read them. */
@Injectable()
export class TemplatesService {
  constructor(
    private readonly access: TemplateAccessService,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly scopes: VisibilityScopesService,
    private readonly conductorVersions: ConductorVersionReader,
  ) {}

  /** @throws PromptNotFound, VersionNotFound, MayNotRead */
  async get(name: string, version: number | undefined, caller: Principal): Promise<Answer<Buffer>> {
    const path = { owner: actingOwner(caller), name };
    const prompt = await this.conductorVersions.read(path, version, caller, toTemplateJson);
    if (prompt) assertAllowed('READ', prompt.guarded, caller);
    if (prompt?.json !== undefined) return jsonAnswer(prompt.json);
    throw prompt && version !== undefined ? VersionNotFound() : PromptNotFound();
  }

  /** The highest version of every prompt that the caller may read. */
  async list(caller: Principal): Promise<StreamableFile> {
    const ownerId = await this.owners.idOf(actingOwner(caller));
    const visibleScopes = restrictToOwner(await this.scopes.of(caller), ownerId);
    const first = await this.conductorVersions.latest(ownerId, visibleScopes);
    return jsonArray(first, ({ name }) => this.conductorVersions.latest(ownerId, visibleScopes, name), toTemplateJson);
  }

  /** Every version, highest first. @throws PromptNotFound, MayNotRead */
  async versions(name: string, caller: Principal): Promise<StreamableFile> {
    const prompt = await this.access.find(name, caller, 'READ');
    const first = prompt ? await this.conductorVersions.versions(prompt.id) : [];
    if (!prompt || first.length === 0) throw PromptNotFound();
    return jsonArray(first, ({ integer }) => this.conductorVersions.versions(prompt.id, integer), toTemplateJson);
  }
}
