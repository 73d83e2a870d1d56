import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { ConductorVersionsService } from '../../../history/pointers/conductor-versions.service.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { PromptDeletionsService } from '../../../prompts/changes/prompt-deletions.service.js';
import { VersionNotFound } from '../../../history/releases/releases.errors.js';
import { TemplateAccessService } from './template-access.service.js';

/** Deletes versions, and a prompt with its last version. Their texts stay in the history of the prompt. */
@Injectable()
export class TemplateDeletionsService {
  constructor(
    private readonly em: EntityManager,
    private readonly access: TemplateAccessService,
    @InjectRepository(Prompt) private readonly promptsRepository: PromptRepository,
    private readonly deletions: PromptDeletionsService,
    private readonly conductorVersions: ConductorVersionsService,
  ) {}

  /** @throws PromptNotFound, MayNotDelete, LabelProtected, PromptPublished */
  delete(name: string, caller: Principal): Promise<void> {
    return this.withLockedPrompt(name, caller, (prompt, owner) =>
      this.deletions.deleteUnpublished(prompt, owner, caller),
    );
  }

  /** @throws PromptNotFound, VersionNotFound, MayNotDelete, LabelProtected, PromptPublished */
  deleteVersion(name: string, version: number, caller: Principal): Promise<void> {
    return this.withLockedPrompt(name, caller, async (prompt, owner) => {
      const outcome = await this.conductorVersions.drop(prompt.id, version, caller);
      if (outcome === 'unknown') throw VersionNotFound();
      if (outcome === 'last') await this.deletions.deleteUnpublished(prompt, owner, caller);
    });
  }

  private async withLockedPrompt(
    name: string,
    caller: Principal,
    work: (prompt: Prompt, owner: string) => Promise<void>,
  ) {
    const { id, ownerSlug: owner } = await this.access.get(name, caller, 'DELETE');
    await this.em.transactional(async () => work(await this.promptsRepository.lockActive(id), owner));
  }
}
