import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { type Action, type Guarded, isAllowed } from '../auth/access/access-policy.js';
import type { Caller } from '../auth/access/principal.js';
import { isStorableText, isUuid } from '../common/http/scalars.js';
import { Prompt } from './prompt.entity.js';
import { type PromptRecord, PromptRepository } from './prompt.repository.js';
import { NotPromptOwner, PromptNotFound } from './prompts.errors.js';

/**
 * Finds prompts for callers. A prompt that the caller may not read is not found; one that the caller may read but not
 * change is refused.
 */
@Injectable()
export class PromptAccessService {
  constructor(@InjectRepository(Prompt) private readonly prompts: PromptRepository) {}

  /** @throws PromptNotFound, NotPromptOwner */
  async byId(id: string, caller: Caller, action: Action = 'read'): Promise<PromptRecord> {
    return allowed(isUuid(id) ? await this.prompts.findById(id, caller) : undefined, caller, action);
  }

  /** @throws PromptNotFound, NotPromptOwner */
  async byPath(owner: string, name: string, caller: Caller, action: Action = 'read'): Promise<PromptRecord> {
    return allowed(await this.find(owner, name, caller), caller, action);
  }

  /**
   * Locks the prompt's row in the running transaction.
   * @throws PromptNotFound, NotPromptOwner
   */
  async lock(owner: string, name: string, caller: Caller, action: Action): Promise<Prompt> {
    const canExist = isStorableText(owner) && isStorableText(name);
    const found = canExist ? await this.prompts.lockByPath(owner, name, caller) : undefined;
    return allowed(found, caller, action).prompt;
  }

  /**
   * A prompt that is not deleted, whether or not the caller may read it, for protocols that distinguish the two cases.
   */
  async find(owner: string, name: string, caller: Caller): Promise<PromptRecord | undefined> {
    const canExist = isStorableText(owner) && isStorableText(name);
    return canExist ? this.prompts.findByPath(owner, name, caller) : undefined;
  }
}

/** What was found of a prompt, for a caller who may read that. @throws PromptNotFound, as if there were no such prompt */
export function readable<Found extends { readonly guarded: Guarded }>(found: Found | undefined, caller: Caller): Found {
  if (!found || !isAllowed(caller, 'read', found.guarded)) throw PromptNotFound();
  return found;
}

function allowed<Found extends { readonly guarded: Guarded }>(
  found: Found | undefined,
  caller: Caller,
  action: Action,
): Found {
  const prompt = readable(found, caller);
  if (!isAllowed(caller, action, prompt.guarded)) throw NotPromptOwner();
  return prompt;
}
