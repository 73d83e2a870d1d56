import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { PromptDeletionsService } from '../../../prompts/changes/prompt-deletions.service.js';
import { PromptLock } from './prompt-lock.js';

/** Deletes prompts that no package version belongs to. */
@Injectable()
export class CommandDeletionsService {
  constructor(
    private readonly lock: PromptLock,
    private readonly deletions: PromptDeletionsService,
  ) {}

  /** @throws NotFound, AccessProhibited, PromptPublished, LabelProtected */
  async delete(id: string, caller: Principal): Promise<true> {
    await this.lock.withLock(id, caller, ({ prompt, ownerSlug }) =>
      this.deletions.deleteUnpublished(prompt, ownerSlug, caller),
    );
    return true;
  }
}
