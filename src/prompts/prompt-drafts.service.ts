import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isWithinBinding } from '../auth/access/access-policy.js';
import { actsAsAdmin, type Principal } from '../auth/access/principal.js';
import { AuditLedger } from '../auth/audit/audit-ledger.js';
import { KeyBoundElsewhere } from '../auth/auth.errors.js';
import { OwnerRepository, type OwnerWithRole } from '../auth/accounts/owner.repository.js';
import { Owner, workspaceSlug } from '../auth/accounts/owner.entity.js';
import { PromptNamesService } from './prompt-names.service.js';
import { Prompt } from './prompt.entity.js';
import { PromptRepository } from './prompt.repository.js';
import type { CreatePrompt } from './prompts.dto.js';
import { NotPromptOwner } from './prompts.errors.js';

/** A prompt to be created; other protocols than `/v1` create it with more. */
export type PromptInput = CreatePrompt & Partial<Pick<Prompt, 'title' | 'data' | 'meta'>>;

export interface PromptDraft {
  readonly id: string;
  readonly ownerId: string;
  /** @throws PromptExists */
  assertFree(): Promise<void>;
  /** Creates the prompt, in the running transaction. @throws PromptExists */
  create(): Promise<void>;
}

/** New prompts, for every protocol. */
@Injectable()
export class PromptDraftsService {
  constructor(
    @InjectRepository(Prompt) private readonly prompts: PromptRepository,
    private readonly names: PromptNamesService,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly audit: AuditLedger,
  ) {}

  /** A prompt that the caller may create, not created yet. @throws OwnerNotFound, NotPromptOwner, KeyBoundElsewhere */
  async draft({ owner, ...input }: PromptInput, me: Principal): Promise<PromptDraft> {
    const { id: ownerId, slug } = await this.ownerFor(owner, me);
    const { name, visibility } = input;
    const id = randomUUID();
    const create = async () => {
      await this.names.write(this.prompts.create({ ...input, id, ownerId, createdBy: me.userId }));
      const subject = `${slug}/${name}`;
      await this.audit.record(me, { action: 'prompt.create', subject, promptId: id, details: { visibility } });
    };
    return { id, ownerId, assertFree: () => this.names.assertFree(ownerId, name), create };
  }

  private async ownerFor(owner: string | undefined, me: Principal): Promise<OwnerWithRole> {
    const found = await this.owners.get(owner ?? me.boundOwnerId ?? me.userId, me.userId);
    if (me.boundPromptId || !isWithinBinding(me, { ownerId: found.id, promptId: '' })) throw KeyBoundElsewhere();
    if (!canCreateIn(found, me)) throw NotPromptOwner();
    return found;
  }
}

function canCreateIn(owner: OwnerWithRole, me: Principal): boolean {
  if (owner.id === me.userId || actsAsAdmin(me) || owner.memberRole === 'owner') return true;
  return owner.memberRole === 'member' && (owner.slug === workspaceSlug || owner.memberAccess === 'write');
}
