import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isWithinBinding } from '../../auth/access/access-policy.js';
import { actsAsAdmin, type Principal } from '../../auth/access/principal.js';
import { AuditRecorder } from '../../auth/audit/audit-recorder.js';
import { KeyBoundElsewhere } from '../../auth/auth.errors.js';
import { OwnerRepository, type OwnerWithRole } from '../../auth/accounts/owner.repository.js';
import { Owner, workspaceSlug } from '../../auth/accounts/owner.entity.js';
import { PromptNamesService } from '../names/prompt-names.service.js';
import { Prompt } from '../prompt.entity.js';
import { PromptRepository } from '../prompt.repository.js';
import type { CreatePrompt } from '../prompts.dto.js';
import { NotPromptOwner } from '../prompts.errors.js';

/** A prompt to be created; other protocols than `/v1` create it with more. */
export type PromptInput = CreatePrompt & Partial<Pick<Prompt, 'title' | 'data' | 'meta'>>;

export interface PromptDraft {
  readonly id: string;
  readonly ownerId: string;
  /** @throws PromptExists */
  assertFree(): Promise<void>;
  /** Creates the prompt, in the running transaction. @throws PromptExists */
  create(): Promise<Prompt>;
}

/** New prompts, for every protocol. */
@Injectable()
export class PromptDraftsService {
  constructor(
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly names: PromptNamesService,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** A prompt that the caller may create, not created yet. @throws OwnerNotFound, NotPromptOwner, KeyBoundElsewhere */
  async draft({ owner, ...input }: PromptInput, caller: Principal): Promise<PromptDraft> {
    const { id: ownerId, slug } = await this.ownerFor(owner, caller);
    const { name, visibility } = input;
    const id = randomUUID();
    const create = async () => {
      const prompt = this.prompts.create({ ...input, id, ownerId, createdBy: caller.userId });
      await this.names.write(prompt);
      const subject = `${slug}/${name}`;
      await this.audit.record(caller, { action: 'prompt.create', subject, promptId: id, details: { visibility } });
      return prompt;
    };
    return { id, ownerId, assertFree: () => this.names.assertFree(ownerId, name), create };
  }

  private async ownerFor(owner: string | undefined, caller: Principal): Promise<OwnerWithRole> {
    const found = await this.owners.get(owner ?? caller.boundOwnerId ?? caller.userId, caller.userId);
    if (caller.boundPromptId || !isWithinBinding(caller, { ownerId: found.id, promptId: '' }))
      throw KeyBoundElsewhere();
    if (!canCreateIn(found, caller)) throw NotPromptOwner();
    return found;
  }
}

function canCreateIn(owner: OwnerWithRole, caller: Principal): boolean {
  if (owner.id === caller.userId || actsAsAdmin(caller) || owner.memberRole === 'owner') return true;
  return owner.memberRole === 'member' && (owner.slug === workspaceSlug || owner.memberAccess === 'write');
}
