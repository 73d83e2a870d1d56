import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { type Action, type Guarded, isAllowed } from '../../auth/access/access-policy.js';
import type { Principal } from '../../auth/access/principal.js';
import type { ErrorFactory } from '../../common/errors/define-error.js';
import { isUuid } from '../../common/http/scalars.js';
import { Prompt } from '../../prompts/prompt.entity.js';
import { type LockedPromptRecord, type PromptRecord, PromptRepository } from '../../prompts/prompt.repository.js';
import { actingOwner, belongsToActingOwner } from '../acting-owner.js';
import { AccessProhibited, NotFound } from './open-webui.errors.js';

/** Finds prompts of the owner that a call acts in. Prompts of other owners are not found. */
@Injectable()
export class CommandAccessService {
  constructor(@InjectRepository(Prompt) private readonly prompts: PromptRepository) {}

  /**
   * @param actions all of which the caller must be allowed
   * @param refusal the error for a prompt that exists but that the caller may not use
   * @throws NotFound and the refusal
   */
  async byId(
    id: string,
    caller: Principal,
    actions: Action | readonly Action[],
    refusal = AccessProhibited,
  ): Promise<PromptRecord> {
    const found = isUuid(id) ? await this.prompts.findById(id, caller) : undefined;
    return admit(found && belongsToActingOwner(found, caller) ? found : undefined, caller, [actions].flat(), refusal);
  }

  /** Locks the prompt's row in the running transaction. @throws NotFound, AccessProhibited */
  async lock(id: string, caller: Principal, actions: readonly Action[]): Promise<LockedPromptRecord> {
    const found = isUuid(id) ? await this.prompts.lockById(id, actingOwner(caller), caller) : undefined;
    if (!found || found.prompt.revisionCount === 0) throw NotFound();
    assertAllowed(found.guarded, caller, actions);
    return found;
  }
}

function admit(
  found: PromptRecord | undefined,
  caller: Principal,
  actions: readonly Action[],
  refusal: ErrorFactory,
): PromptRecord {
  if (!found || found.revisionCount === 0) throw NotFound();
  assertAllowed(found.guarded, caller, actions, refusal);
  return found;
}

/** @throws AccessProhibited, or the refusal, unless the caller may do all of it */
export function assertAllowed(
  guarded: Guarded,
  caller: Principal,
  actions: readonly Action[],
  refusal: ErrorFactory = AccessProhibited,
): void {
  if (!actions.every((action) => isAllowed(caller, action, guarded))) throw refusal();
}
