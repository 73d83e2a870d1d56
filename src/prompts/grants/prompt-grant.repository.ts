import { EntityRepository } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import type { Grant, GrantInput } from './grant.js';
import { grantsOfPrompt, refreshReaders, removeGrants } from './grants.queries.js';
import { PromptGrant } from './prompt-grant.entity.js';

/** Who has been granted which prompt. */
export class PromptGrantRepository extends EntityRepository<PromptGrant> {
  /** Users before groups, by name. */
  ofPrompt(promptId: string): Promise<Grant[]> {
    return this.em.execute<Grant[]>(grantsOfPrompt, [promptId]);
  }

  /** Puts these in place of all grants on the prompt; the running transaction holds its lock. */
  async replace(promptId: string, grants: readonly GrantInput[]): Promise<void> {
    await this.em.execute(removeGrants, [promptId]);
    const createdAt = new Date();
    const rows = grants.map(({ principalType, principalId, permission }) => {
      return { id: randomUUID(), promptId, principalType, principalId, permission, createdAt };
    });
    if (rows.length > 0) await this.insertMany(rows);
    await this.em.execute(refreshReaders, [promptId]);
  }
}

PromptGrant.setCustomRepository(() => PromptGrantRepository);
