import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { Principal } from '../../../../auth/access/principal.js';
import { ValidationFailed } from '../../../../common/errors/catalogue.js';
import { Tags } from '../../../../prompts/prompts.dto.js';
import { Prompt } from '../../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../../prompts/prompt.repository.js';
import { PromptChangesService } from '../../../../prompts/changes/prompt-changes.service.js';
import { TemplateAccessService } from '../template-access.service.js';
import { readTag, type ShownTag, tagsWith, tagsWithout, type TemplateTags } from './template-tag.js';

/** Tags of prompts, as pairs. */
@Injectable()
export class TemplateTagsService {
  constructor(
    private readonly em: EntityManager,
    private readonly access: TemplateAccessService,
    @InjectRepository(Prompt) private readonly promptsRepository: PromptRepository,
    private readonly changes: PromptChangesService,
  ) {}

  /** @throws PromptNotFound, MayNotRead */
  async list(name: string, caller: Principal): Promise<ShownTag[]> {
    const { tags } = await this.access.get(name, caller, 'READ');
    return tags.map(readTag);
  }

  /** @throws PromptNotFound, MayNotUpdate; ValidationFailed where they are too many or too long together */
  add(name: string, pairs: TemplateTags, caller: Principal): Promise<void> {
    return this.change(name, caller, (tags) => checked(tagsWith(tags, pairs)));
  }

  /** @throws PromptNotFound, MayNotUpdate */
  remove(name: string, pairs: TemplateTags, caller: Principal): Promise<void> {
    return this.change(name, caller, (tags) => tagsWithout(tags, pairs));
  }

  private async change(name: string, caller: Principal, changed: (tags: readonly string[]) => string[]): Promise<void> {
    const { id, ownerSlug: owner } = await this.access.get(name, caller, 'UPDATE');
    await this.em.transactional(async () => {
      const prompt = await this.promptsRepository.lockActive(id);
      const tags = changed(prompt.tags);
      if (!isDeepStrictEqual(tags, prompt.tags)) await this.changes.change(prompt, owner, { tags }, caller);
    });
  }
}

function checked(tags: string[]): string[] {
  const result = Tags.safeParse(tags);
  if (!result.success) throw ValidationFailed({ tags: result.error.issues[0]?.message ?? 'are no tags' });
  return result.data;
}
