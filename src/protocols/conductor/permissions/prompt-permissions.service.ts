import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { may } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import type { Grantee, WantedGrant } from '../../../prompts/grants/grant.js';
import { GrantsService } from '../../../prompts/grants/grants.service.js';
import { PromptAccess } from '../../../prompts/prompt-access.js';
import { NotPromptOwner, PromptNotFound } from '../../../prompts/prompts.errors.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { actingOwner } from '../../acting-owner.js';
import { permissionsOf, toPermissions } from './access-words.js';
import type { Authorization, Permissions } from './permissions.dto.js';
import { Subjects } from './subjects.js';

type Change = (grants: readonly WantedGrant[], changed: readonly WantedGrant[]) => readonly WantedGrant[];

/** Permissions on prompts: they are the product's grants, added and taken away one by one. */
@Injectable()
export class PromptPermissions {
  constructor(
    private readonly em: EntityManager,
    private readonly access: PromptAccess,
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly grants: GrantsService,
    private readonly subjects: Subjects,
  ) {}

  /** @throws PromptNotFound, NotPromptOwner */
  async list(name: string, me: Principal): Promise<Permissions> {
    return toPermissions(await this.grants.of(await this.ownPrompt(name, me)));
  }

  /** @throws PromptNotFound, NotPromptOwner; ValidationFailed for a subject that does not exist */
  add(wish: Authorization, me: Principal): Promise<void> {
    return this.change(wish, me, (grants, added) => [...grants, ...added]);
  }

  /** What was not granted is not missed. @throws as add() does */
  remove(wish: Authorization, me: Principal): Promise<void> {
    return this.change(wish, me, (grants, removed) =>
      grants.filter((grant) => !removed.some((other) => isSameGrant(grant, other))),
    );
  }

  private async change({ subject, target, access }: Authorization, me: Principal, change: Change): Promise<void> {
    const promptId = await this.ownPrompt(target.id, me);
    await this.em.transactional(async () => {
      const grantee = await this.subjects.find(subject);
      // Read under the lock, so that of two changes at once the second builds on the first.
      await this.prompts.lockActive(promptId);
      const changed = permissionsOf(access).map((permission) => ({ ...grantee, permission }));
      await this.grants.replace(promptId, change(await this.grants.of(promptId), changed), me);
    });
  }

  /** The id of a prompt that the caller may grant. */
  private async ownPrompt(name: string, me: Principal): Promise<string> {
    const prompt = await this.access.find(actingOwner(me), name, me);
    if (!prompt) throw PromptNotFound();
    if (!may(me, 'own', prompt.guarded)) throw NotPromptOwner();
    return prompt.id;
  }
}

function isSameGrant(one: WantedGrant, other: WantedGrant): boolean {
  return isSameGrantee(one, other) && one.permission === other.permission;
}

function isSameGrantee(one: Grantee, other: Grantee): boolean {
  return one.principalType === other.principalType && one.principalId === other.principalId;
}
