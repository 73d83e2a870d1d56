import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { ValidationFailed } from '../../common/errors/catalogue.js';
import { PromptAccessService } from '../prompt-access.service.js';
import type { PromptPath } from '../prompts.dto.js';
import type { GrantInput } from './grant.js';
import { GranteesService } from './grantees.service.js';
import type { GrantList, SetGrants } from './grants.dto.js';
import { toGrantList } from './grants.mapper.js';
import { GrantsService } from './grants.service.js';

/** The grants on a prompt as its owners read and set them on `/v1`. */
@Injectable()
export class PromptGrantsService {
  constructor(
    private readonly em: EntityManager,
    private readonly access: PromptAccessService,
    private readonly grantees: GranteesService,
    private readonly grants: GrantsService,
  ) {}

  /** @throws PromptNotFound, NotPromptOwner */
  async list({ owner, name }: PromptPath, caller: Principal): Promise<GrantList> {
    const { id } = await this.access.byPath(owner, name, caller, 'own');
    return toGrantList(await this.grants.of(id));
  }

  /** @throws PromptNotFound, NotPromptOwner; ValidationFailed for users and groups that do not exist */
  async set({ owner, name }: PromptPath, { items }: SetGrants, caller: Principal): Promise<GrantList> {
    const { id } = await this.access.byPath(owner, name, caller, 'own');
    return this.em.transactional(async () => {
      const grants = await this.resolve(items);
      return toGrantList(await this.grants.replace(id, grants, caller));
    });
  }

  private async resolve(items: SetGrants['items']): Promise<GrantInput[]> {
    const found = await this.grantees.find(
      items.map(({ principal_type: principalType, principal }) => ({ principalType, principal })),
    );
    const problems: Record<string, string> = {};
    const grants = items.flatMap(({ principal_type, permission }, i) => {
      const grantee = found[i];
      if (grantee) return [{ ...grantee, permission }];
      problems[`items.${i}.principal`] = `no such ${principal_type}`;
      return [];
    });
    if (grants.length < items.length) throw ValidationFailed(problems);
    return grants;
  }
}
