import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { LabelProtection } from './label-protection.entity.js';
import { LabelProtectionRepository } from './label-protection.repository.js';
import { Prompt } from '../prompt.entity.js';
import { PromptRepository } from '../prompt.repository.js';
import { LabelProtected, NamePublished, PromptExists } from '../prompts.errors.js';
import { PublishedName } from './published-name.entity.js';
import { PublishedNameRepository } from './published-name.repository.js';

/** What names prompts can have, keep and lose. */
@Injectable()
export class PromptNamesService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    @InjectRepository(PublishedName) private readonly published: PublishedNameRepository,
    @InjectRepository(LabelProtection) private readonly protections: LabelProtectionRepository,
  ) {}

  /** Whether the name belongs for good to a prompt, active or deleted, because it was published under it. */
  isReserved(ownerId: string, name: string): Promise<boolean> {
    return this.published.isReserved(ownerId, name);
  }

  /** Whether the prompt has published versions. */
  isPublished({ ownerId, name }: Prompt): Promise<boolean> {
    return this.published.isReserved(ownerId, name);
  }

  /** @throws PromptExists */
  async assertFree(ownerId: string, name: string): Promise<void> {
    if (await this.prompts.isNameTaken(ownerId, name)) throw PromptExists();
  }

  /**
   * Writes the prompt with a new name. The check for a reservation follows the write: another prompt that had the name
   * either still has it, or has reserved it by then. @throws PromptExists
   */
  async write(prompt: Prompt): Promise<void> {
    await this.em.flush();
    if (await this.published.isReservedForAnother(prompt)) throw PromptExists();
  }

  /** Packages are found by the prompt's name, so that one with versions keeps it. @throws NamePublished, LabelProtected, PromptExists */
  async rename(prompt: Prompt, name: string, caller: Principal): Promise<void> {
    if (await this.isPublished(prompt)) throw NamePublished();
    await this.assertCanChange(prompt, caller);
    // Checked before the update, because two prompts that swap their names would deadlock on the index.
    await this.assertFree(prompt.ownerId, name);
    prompt.name = name;
    await this.write(prompt);
  }

  /**
   * Applications read a label by the name of the prompt. If the name became free, another prompt could take it and
   * answer instead. So the caller must be allowed to move each protected label. @throws LabelProtected
   */
  async assertCanChange({ id }: Prompt, caller: Principal): Promise<void> {
    const label = await this.protections.firstAgainst(id, caller.userId);
    if (label !== undefined) throw LabelProtected({ label });
  }
}
