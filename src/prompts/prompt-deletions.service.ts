import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../auth/access/principal.js';
import { AuditLedger } from '../auth/audit/audit-ledger.js';
import { isUuid } from '../common/http/scalars.js';
import { PromptAccess } from './prompt-access.js';
import { PromptNamesService } from './prompt-names.service.js';
import { Prompt } from './prompt.entity.js';
import { PromptRepository } from './prompt.repository.js';
import type { PromptDetails } from './prompts.dto.js';
import { PromptNotFound, PromptPublished } from './prompts.errors.js';
import { toPrompt } from './prompts.mapper.js';

/** Deletions, which leave a tombstone: every read is 404 from then on, rows and objects stay. */
@Injectable()
export class PromptDeletionsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly access: PromptAccess,
    private readonly names: PromptNamesService,
    private readonly audit: AuditLedger,
  ) {}

  /** One that has versions is deleted by its owner only. @throws PromptNotFound, NotPromptOwner, LabelProtected */
  async delete(id: string, me: Principal): Promise<void> {
    await this.access.byId(id, me, 'write');
    await this.em.transactional(async () => {
      const prompt = await this.prompts.lockActive(id);
      // Asked under the lock: no version is published between this and the deletion.
      const isPublished = await this.names.isPublished(prompt);
      const { ownerSlug } = await this.access.byId(id, me, isPublished ? 'own' : 'write');
      if (!isPublished) await this.names.assertCanChange(prompt, me);
      await this.softDelete(prompt, ownerSlug, me);
    });
  }

  /** The same for a prompt that the running transaction holds, if it has no versions. @throws PromptPublished, LabelProtected */
  async deleteUnpublished(prompt: Prompt, owner: string, me: Principal): Promise<void> {
    if (await this.names.isPublished(prompt)) throw PromptPublished();
    await this.names.assertCanChange(prompt, me);
    await this.softDelete(prompt, owner, me);
  }

  /** Brings a deleted prompt back. @throws PromptNotFound; PromptExists if its name has been given away since */
  async restore(id: string, me: Principal): Promise<PromptDetails> {
    if (!isUuid(id)) throw PromptNotFound();
    await this.em.transactional(async () => {
      const prompt = await this.prompts.lock(id);
      if (!prompt?.deletedAt) throw PromptNotFound();
      prompt.deletedAt = null;
      await this.names.write(prompt);
      const subject = await this.prompts.pathOf(id);
      await this.audit.record(me, { action: 'prompt.restore', subject, promptId: id });
    });
    return toPrompt(await this.access.byId(id, me));
  }

  private async softDelete(prompt: Prompt, owner: string, me: Principal): Promise<void> {
    prompt.deletedAt = new Date();
    const subject = `${owner}/${prompt.name}`;
    await this.audit.record(me, { action: 'prompt.delete', subject, promptId: prompt.id });
  }
}
