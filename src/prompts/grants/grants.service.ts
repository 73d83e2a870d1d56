import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import { Prompt } from '../prompt.entity.js';
import { PromptRepository } from '../prompt.repository.js';
import type { Grant, GrantInput } from './grant.js';
import { PromptGrant } from './prompt-grant.entity.js';
import { PromptGrantRepository } from './prompt-grant.repository.js';

/** Grants, for every protocol: read and replaced by callers who have been asked for. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Prompt) @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    @InjectRepository(PromptGrant) private readonly grants: PromptGrantRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** Users before groups, by name. */
  of(promptId: string): Promise<Grant[]> {
    return this.grants.ofPrompt(promptId);
  }

  /**
   * Puts these in place of all grants on a prompt. Joins the running transaction, which has found the grantees before it
   * locked the prompt. @throws PromptNotFound
   */
  replace(promptId: string, requested: readonly GrantInput[], caller: Principal): Promise<Grant[]> {
    return this.em.transactional(async () => {
      await this.prompts.lockActive(promptId);
      await this.grants.replace(promptId, withoutDuplicates(requested));
      const grants = await this.grants.ofPrompt(promptId);
      const subject = await this.prompts.pathOf(promptId);
      const details = { grants: grants.map(toAuditDetail) };
      await this.audit.record(caller, { action: 'grants.set', subject, promptId, details });
      return grants;
    });
  }
}

function withoutDuplicates(requested: readonly GrantInput[]): GrantInput[] {
  const byKey = requested.map((grant) => {
    const { principalType, principalId, permission } = grant;
    return [`${principalType} ${principalId} ${permission}`, grant] as const;
  });
  return [...new Map(byKey).values()];
}

function toAuditDetail({ principalType, name, permission }: Grant) {
  return { principal_type: principalType, principal: name, permission };
}
