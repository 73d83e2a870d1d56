import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import { isUuid } from '../../common/http/scalars.js';
import { PromptAccessService } from '../prompt-access.service.js';
import { PromptNamesService } from '../names/prompt-names.service.js';
import { Prompt } from '../prompt.entity.js';
import { PromptRepository } from '../prompt.repository.js';
import type { PromptDetails } from '../prompts.dto.js';
import { PromptNotFound, PromptPublished } from '../prompts.errors.js';
import { toPrompt } from '../prompts.mapper.js';

/** Deletes prompts. Rows and objects are kept, and every read is answered with 404. */
@Injectable()
export class PromptDeletionsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly access: PromptAccessService,
    private readonly names: PromptNamesService,
    private readonly audit: AuditRecorder,
  ) {}

  /** One that has versions is deleted by its owner only. @throws PromptNotFound, NotPromptOwner, LabelProtected */
  async delete(id: string, caller: Principal): Promise<void> {
    await this.access.byId(id, caller, 'write');
    await this.em.transactional(async () => {
      const prompt = await this.prompts.lockActive(id);
      // Asked under the lock: no version is published between this and the deletion.
      const isPublished = await this.names.isPublished(prompt);
      const { ownerSlug } = await this.access.byId(id, caller, isPublished ? 'own' : 'write');
      if (!isPublished) await this.names.assertCanChange(prompt, caller);
      await this.softDelete(prompt, ownerSlug, caller);
    });
  }

  /**
   * Soft-deletes a prompt without versions, which the running transaction has locked. @throws PromptPublished,
   * LabelProtected
   */
  async deleteUnpublished(prompt: Prompt, owner: string, caller: Principal): Promise<void> {
    if (await this.names.isPublished(prompt)) throw PromptPublished();
    await this.names.assertCanChange(prompt, caller);
    await this.softDelete(prompt, owner, caller);
  }

  /** Restores a deleted prompt. @throws PromptNotFound; PromptExists if its name has been given away since */
  async restore(id: string, caller: Principal): Promise<PromptDetails> {
    if (!isUuid(id)) throw PromptNotFound();
    await this.em.transactional(async () => {
      const prompt = await this.prompts.lock(id);
      if (!prompt?.deletedAt) throw PromptNotFound();
      prompt.deletedAt = null;
      await this.names.write(prompt);
      const subject = await this.prompts.pathOf(id);
      await this.audit.record(caller, { action: 'prompt.restore', subject, promptId: id });
    });
    return toPrompt(await this.access.byId(id, caller));
  }

  private async softDelete(prompt: Prompt, owner: string, caller: Principal): Promise<void> {
    prompt.deletedAt = new Date();
    const subject = `${owner}/${prompt.name}`;
    await this.audit.record(caller, { action: 'prompt.delete', subject, promptId: prompt.id });
  }
}
