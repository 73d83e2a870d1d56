import { Injectable } from '@nestjs/common';
import { AuditLedger } from '../../auth/audit/audit-ledger.js';
import type { Principal } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { Database } from '../../database/database.js';
import { PromptAccess } from '../prompt-access.js';
import type { PromptPath } from '../prompts.dto.js';
import { PromptsRepository } from '../prompts.repository.js';
import type { Grant, WantedGrant } from './grant.js';
import { GranteesRepository } from './grantees.repository.js';
import { type GrantList, type SetGrants, toGrantList } from './grants.dto.js';
import { GrantsRepository } from './grants.repository.js';

/** Who has been granted a prompt. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly database: Database,
    private readonly prompts: PromptsRepository,
    private readonly access: PromptAccess,
    private readonly grantees: GranteesRepository,
    private readonly grants: GrantsRepository,
    private readonly audit: AuditLedger,
  ) {}

  async list({ owner, name }: PromptPath, me: Principal): Promise<GrantList> {
    const { id } = await this.access.byPath(owner, name, me, 'own');
    return toGrantList(await this.grants.of(id));
  }

  /** @throws PromptNotFound, NotPromptOwner; ValidationFailed for who does not exist */
  async set({ owner, name }: PromptPath, { items }: SetGrants, me: Principal): Promise<GrantList> {
    const { id } = await this.access.byPath(owner, name, me, 'own');
    return this.database.transaction(async () => toGrantList(await this.replace(id, await this.wanted(items), me)));
  }

  /** The grants on a prompt, for who may know of them: users before groups, by name. */
  of(promptId: string): Promise<Grant[]> {
    return this.grants.of(promptId);
  }

  /**
   * Puts these in place of all grants on a prompt, whose caller has been asked for. Joins the running transaction, which
   * has found the grantees before it locked the prompt. @throws PromptNotFound
   */
  replace(promptId: string, wanted: readonly WantedGrant[], me: Principal): Promise<Grant[]> {
    return this.database.transaction(async () => {
      await this.prompts.lockLiving(promptId);
      await this.grants.replace(promptId, withoutDuplicates(wanted));
      const grants = await this.grants.of(promptId);
      const subject = await this.grants.pathOf(promptId);
      const details = { grants: grants.map(toAuditDetail) };
      await this.audit.record(me, { action: 'grants.set', subject, promptId, details });
      return grants;
    });
  }

  private async wanted(items: SetGrants['items']): Promise<WantedGrant[]> {
    const found = await this.grantees.find(items);
    const problems: Record<string, string> = {};
    const wanted = items.flatMap(({ principal_type, permission }, i) => {
      const grantee = found[i];
      if (grantee) return [{ ...grantee, permission }];
      problems[`items.${i}.principal`] = `no such ${principal_type}`;
      return [];
    });
    if (wanted.length < items.length) throw ValidationFailed(problems);
    return wanted;
  }
}

function withoutDuplicates(wanted: readonly WantedGrant[]): WantedGrant[] {
  const byWhat = wanted.map((grant) => {
    const { principalType, principalId, permission } = grant;
    return [`${principalType} ${principalId} ${permission}`, grant] as const;
  });
  return [...new Map(byWhat).values()];
}

function toAuditDetail({ principalType, name, permission }: Grant) {
  return { principal_type: principalType, principal: name, permission };
}
