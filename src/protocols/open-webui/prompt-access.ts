import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { type Action, may } from '../../auth/access/access-policy.js';
import type { Principal } from '../../auth/access/principal.js';
import type { ErrorFactory } from '../../common/errors/define-error.js';
import { isStorableText, isUuid } from '../../common/http/scalars.js';
import { Prompt } from '../../prompts/prompt.entity.js';
import { type PromptRecord, PromptRepository } from '../../prompts/prompt.repository.js';
import { actingOwner, isActingOwners } from '../acting-owner.js';
import { AccessProhibited, NotFound } from './open-webui.errors.js';

/** Finds prompts of the owner that a call acts in; those of others are not there at all. */
@Injectable()
export class OpenWebUiAccess {
  constructor(@InjectRepository(Prompt) private readonly prompts: PromptRepository) {}

  /**
   * @param actions all of which the caller must be allowed
   * @param refusal what is said of a prompt that is there but not for the caller
   * @throws NotFound and the refusal
   */
  async byId(
    id: string,
    me: Principal,
    actions: Action | readonly Action[],
    refusal = AccessProhibited,
  ): Promise<PromptRecord> {
    const found = isUuid(id) ? await this.prompts.findById(id, me) : undefined;
    return admit(found && isActingOwners(found, me) ? found : undefined, me, [actions].flat(), refusal);
  }

  /** By the command as it is stored. @throws NotFound, AccessProhibited */
  async byCommand(command: string, me: Principal): Promise<PromptRecord> {
    const found = isStorableText(command) ? await this.prompts.findByPath(actingOwner(me), command, me) : undefined;
    return admit(found, me, ['read'], AccessProhibited);
  }
}

function admit(
  found: PromptRecord | undefined,
  me: Principal,
  actions: readonly Action[],
  refusal: ErrorFactory,
): PromptRecord {
  if (!found || found.revisionCount === 0) throw NotFound();
  if (!actions.every((action) => may(me, action, found.guarded))) throw refusal();
  return found;
}
