import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isAllowed } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import type { Grantee, GrantInput } from '../../../prompts/grants/grant.js';
import { GrantsService } from '../../../prompts/grants/grants.service.js';
import { PromptAccessService } from '../../../prompts/prompt-access.service.js';
import { NotPromptOwner, PromptNotFound } from '../../../prompts/prompts.errors.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { actingOwner } from '../../acting-owner.js';
import { permissionsOf, toPermissions } from './access-words.js';
import type { Authorization, Permissions } from './permissions.dto.js';
import { SubjectResolver } from './subject-resolver.js';

type Change = (grants: readonly GrantInput[], changed: readonly GrantInput[]) => readonly GrantInput[];

/** Permissions on prompts, which are grants that are added and removed one by one. */
@Injectable()
export class PromptPermissionsService {
  constructor(
    private readonly em: EntityManager,
    private readonly access: PromptAccessService,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly grants: GrantsService,
    private readonly subjects: SubjectResolver,
  ) {}

  /** @throws PromptNotFound, NotPromptOwner */
  async list(name: string, caller: Principal): Promise<Permissions> {
    return toPermissions(await this.grants.of(await this.ownPrompt(name, caller)));
  }

  /** @throws PromptNotFound, NotPromptOwner; ValidationFailed for a subject that does not exist */
  add(input: Authorization, caller: Principal): Promise<void> {
    return this.change(input, caller, (grants, added) => [...grants, ...added]);
  }

  /** A missing grant is ignored. @throws as add() does */
  remove(input: Authorization, caller: Principal): Promise<void> {
    return this.change(input, caller, (grants, removed) =>
      grants.filter((grant) => !removed.some((other) => isSameGrant(grant, other))),
    );
  }

  private async change({ subject, target, access }: Authorization, caller: Principal, change: Change): Promise<void> {
    const promptId = await this.ownPrompt(target.id, caller);
    await this.em.transactional(async () => {
      const grantee = await this.subjects.find(subject);
      // Read under the lock, so that of two concurrent changes the second one builds on the first.
      await this.prompts.lockActive(promptId);
      const changed = permissionsOf(access).map((permission) => ({ ...grantee, permission }));
      await this.grants.replace(promptId, change(await this.grants.of(promptId), changed), caller);
    });
  }

  /** The id of a prompt that the caller may grant. */
  private async ownPrompt(name: string, caller: Principal): Promise<string> {
    const prompt = await this.access.find(actingOwner(caller), name, caller);
    if (!prompt) throw PromptNotFound();
    if (!isAllowed(caller, 'own', prompt.guarded)) throw NotPromptOwner();
    return prompt.id;
  }
}

function isSameGrant(one: GrantInput, other: GrantInput): boolean {
  return isSameGrantee(one, other) && one.permission === other.permission;
}

function isSameGrantee(one: Grantee, other: Grantee): boolean {
  return one.principalType === other.principalType && one.principalId === other.principalId;
}
