import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { Database } from '../../../database/database.js';
import { ConductorVersionsService } from '../../../history/labels/conductor-versions.service.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { PromptDeletionsService } from '../../../prompts/prompt-deletions.service.js';
import { VersionNotFound } from '../../../history/releases/releases.errors.js';
import { TemplateAccess } from './template-access.js';

/** Takes versions away, and prompts with their last one. What they said stays in the prompt's history. */
@Injectable()
export class TemplateDeletionsService {
  constructor(
    private readonly database: Database,
    private readonly access: TemplateAccess,
    @InjectRepository(Prompt) private readonly rows: PromptRepository,
    private readonly deletions: PromptDeletionsService,
    private readonly conductorVersions: ConductorVersionsService,
  ) {}

  /** @throws PromptNotFound, MayNotDelete, LabelProtected, PromptPublished */
  delete(name: string, me: Principal): Promise<void> {
    return this.locked(name, me, (prompt, owner) => this.deletions.deleteUnpublished(prompt, owner, me));
  }

  /** @throws PromptNotFound, VersionNotFound, MayNotDelete, LabelProtected, PromptPublished */
  deleteVersion(name: string, version: number, me: Principal): Promise<void> {
    return this.locked(name, me, async (prompt, owner) => {
      const outcome = await this.conductorVersions.drop(prompt.id, version, me);
      if (outcome === 'unknown') throw VersionNotFound();
      if (outcome === 'last') await this.deletions.deleteUnpublished(prompt, owner, me);
    });
  }

  private async locked(name: string, me: Principal, work: (prompt: Prompt, owner: string) => Promise<void>) {
    const { id, ownerSlug: owner } = await this.access.get(name, me, 'DELETE');
    await this.database.transaction(async () => work(await this.rows.lockActive(id), owner));
  }
}
