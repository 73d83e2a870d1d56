import { Injectable } from '@nestjs/common';
import { type Action, may } from '../auth/access/access-policy.js';
import type { Caller } from '../auth/access/principal.js';
import { isStorableText, isUuid } from '../common/http/scalars.js';
import { NotPromptOwner, PromptNotFound } from './prompts.errors.js';
import { type PromptRecord, PromptsRepository } from './prompts.repository.js';

/** Finds prompts for callers: what they may not read does not exist, what they may read but not change is refused. */
@Injectable()
export class PromptAccess {
  constructor(private readonly prompts: PromptsRepository) {}

  /** @throws PromptNotFound, NotPromptOwner */
  async byId(id: string, caller: Caller, action: Action = 'read'): Promise<PromptRecord> {
    return admit(isUuid(id) ? await this.prompts.findById(id, caller) : undefined, caller, action);
  }

  /** @throws PromptNotFound, NotPromptOwner */
  async byPath(owner: string, name: string, caller: Caller, action: Action = 'read'): Promise<PromptRecord> {
    return admit(await this.find(owner, name, caller), caller, action);
  }

  /** A living prompt whether or not the caller may read it, for protocols that tell the two apart. */
  async find(owner: string, name: string, caller: Caller): Promise<PromptRecord | undefined> {
    const canExist = isStorableText(owner) && isStorableText(name);
    return canExist ? this.prompts.findByPath(owner, name, caller) : undefined;
  }
}

function admit(prompt: PromptRecord | undefined, caller: Caller, action: Action): PromptRecord {
  if (!prompt || !may(caller, 'read', prompt.guarded)) throw PromptNotFound();
  if (!may(caller, action, prompt.guarded)) throw NotPromptOwner();
  return prompt;
}
