import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { KeyBoundElsewhere } from '../auth/auth.errors.js';
import { isWithinBinding } from '../auth/access/access-policy.js';
import { actsAsAdmin, type Caller, type Principal } from '../auth/access/principal.js';
import { AuditLedger } from '../auth/audit/audit-ledger.js';
import type { KeyTargets } from '../auth/credentials/key-targets.js';
import { OwnersRepository, type OwnerWithRole } from '../auth/identity/owners.repository.js';
import { workspaceSlug } from '../auth/identity/owner.entity.js';
import { assertSameIdentity } from '../common/http/patch.js';
import { isUuid } from '../common/http/scalars.js';
import { Database } from '../database/database.js';
import { PromptAccess } from './prompt-access.js';
import type { Prompt } from './prompt.entity.js';
import { changesTo, type PromptChange } from './prompt-change.js';
import type {
  CreatePrompt,
  PromptDetails,
  PromptPath,
  PromptSummary,
  SearchPrompts,
  SearchResult,
  UpdatePrompt,
} from './prompts.dto.js';
import {
  LabelProtected,
  NamePublished,
  NotPromptOwner,
  PromptExists,
  PromptNotFound,
  PromptPublished,
} from './prompts.errors.js';
import { type PromptRecord, PromptsRepository } from './prompts.repository.js';
import { PromptSearchRepository } from './search/prompt-search.repository.js';

/** A prompt to be made; other protocols than `/v1` make it with more. */
export type PromptWish = CreatePrompt & Partial<Pick<Prompt, 'title' | 'data' | 'meta'>>;

export interface PromptDraft {
  readonly id: string;
  readonly ownerId: string;
  /** @throws PromptExists */
  assertFree(): Promise<void>;
  /** Makes the prompt, in the running transaction. @throws PromptExists */
  create(): Promise<void>;
}

/** The identity of prompts: made, read, changed, deleted, restored. */
@Injectable()
export class PromptsService implements KeyTargets {
  constructor(
    private readonly database: Database,
    private readonly prompts: PromptsRepository,
    private readonly access: PromptAccess,
    private readonly owners: OwnersRepository,
    private readonly searches: PromptSearchRepository,
    private readonly audit: AuditLedger,
  ) {}

  /** @throws OwnerNotFound, NotPromptOwner, PromptExists */
  async create(wish: CreatePrompt, me: Principal): Promise<PromptSummary> {
    const draft = await this.draft(wish, me);
    await this.database.transaction(() => draft.create());
    return toSummary(await this.access.byId(draft.id, me));
  }

  /** A prompt that the caller may make, not made yet. @throws OwnerNotFound, NotPromptOwner */
  async draft({ owner, ...wish }: PromptWish, me: Principal): Promise<PromptDraft> {
    const { id: ownerId, slug } = await this.ownerFor(owner, me);
    const { name, visibility } = wish;
    const prompt = { ...wish, id: randomUUID(), ownerId, createdBy: me.userId };
    const assertFree = async () => {
      if (await this.prompts.isNameTaken(ownerId, name)) throw PromptExists();
    };
    const create = async () => {
      await this.prompts.insert(prompt);
      // After the insert: whoever held the name until now has either kept it or left its mark here.
      if (await this.prompts.isNameRetired(ownerId, name)) throw PromptExists();
      const subject = `${slug}/${name}`;
      await this.audit.record(me, { action: 'prompt.create', subject, promptId: prompt.id, details: { visibility } });
    };
    return { id: prompt.id, ownerId, assertFree, create };
  }

  async search(search: SearchPrompts, caller: Caller): Promise<SearchResult> {
    const { q = '', limit, offset } = search;
    return { items: await this.searches.search(search, caller), query: q, limit, offset };
  }

  async getById(id: string, caller: Caller): Promise<PromptDetails> {
    return toDetails(await this.access.byId(id, caller));
  }

  async getByPath({ owner, name }: PromptPath, caller: Caller): Promise<PromptDetails> {
    return toDetails(await this.access.byPath(owner, name, caller));
  }

  /** Visibility and the contract's enforcement are the owner's to change, the rest any writer's. */
  async update(id: string, { name: repeated, ...change }: UpdatePrompt, me: Principal): Promise<PromptDetails> {
    const isOwnersChange = change.visibility !== undefined || change.enforce_variable_contract !== undefined;
    const { owner_username: owner } = await this.access.byId(id, me, isOwnersChange ? 'own' : 'write');
    await this.database.transaction(async () => {
      const prompt = await this.prompts.lockLiving(id);
      assertSameIdentity({ name: [repeated, prompt.name] });
      await this.change(prompt, owner, change, me);
    });
    return this.getById(id, me);
  }

  /**
   * Changes a prompt of the owner with this slug, which the running transaction holds; what may be is its caller's
   * business. @throws NamePublished, LabelProtected, PromptExists where it gets another name
   */
  async change(prompt: Prompt, owner: string, change: PromptChange, me: Principal): Promise<void> {
    const subject = `${owner}/${prompt.name}`;
    const details = changesTo(prompt, change);
    if (change.name !== undefined && change.name !== prompt.name) await this.rename(prompt, change.name, me);
    prompt.description = change.description ?? prompt.description;
    prompt.title = change.title === undefined ? prompt.title : change.title;
    prompt.tags = change.tags ?? prompt.tags;
    prompt.data = change.data ?? prompt.data;
    prompt.meta = change.meta ?? prompt.meta;
    prompt.isActive = change.is_active ?? prompt.isActive;
    prompt.visibility = change.visibility ?? prompt.visibility;
    prompt.enforceVariableContract = change.enforce_variable_contract ?? prompt.enforceVariableContract;
    prompt.updatedAt = new Date();
    if (details) await this.audit.record(me, { action: 'prompt.update', subject, promptId: prompt.id, details });
  }

  /**
   * Leaves a tombstone: every read is 404 from now on, rows and objects stay. Once it has versions, by its owner only.
   * @throws PromptNotFound, NotPromptOwner, LabelProtected
   */
  async delete(id: string, me: Principal): Promise<void> {
    await this.access.byId(id, me, 'write');
    await this.database.transaction(async () => {
      const prompt = await this.prompts.lockLiving(id);
      // Asked under the lock: nobody publishes between this and the deletion.
      const isPublished = await this.prompts.isNameRetired(prompt.ownerId, prompt.name);
      const { owner_username: owner } = await this.access.byId(id, me, isPublished ? 'own' : 'write');
      if (!isPublished) await this.assertNameMayChange(prompt, me);
      await this.markDeleted(prompt, owner, me);
    });
  }

  /** The same for a prompt that the running transaction holds, if it has no versions. @throws PromptPublished, LabelProtected */
  async deleteUnpublished(prompt: Prompt, owner: string, me: Principal): Promise<void> {
    if (await this.prompts.isNameRetired(prompt.ownerId, prompt.name)) throw PromptPublished();
    await this.assertNameMayChange(prompt, me);
    await this.markDeleted(prompt, owner, me);
  }

  /** Brings a deleted prompt back. @throws PromptNotFound; PromptExists if its name has been given away since */
  async restore(id: string, me: Principal): Promise<PromptDetails> {
    if (!isUuid(id)) throw PromptNotFound();
    await this.database.transaction(async () => {
      const prompt = await this.prompts.lock(id);
      if (!prompt?.deletedAt) throw PromptNotFound();
      prompt.deletedAt = null;
      await this.database.em.flush();
      // After the write, as in a draft: whoever had the name meanwhile has left its mark by now.
      if (await this.prompts.isNameRetired(prompt.ownerId, prompt.name, id)) throw PromptExists();
      const { slug } = await this.owners.get(prompt.ownerId);
      const subject = `${slug}/${prompt.name}`;
      await this.audit.record(me, { action: 'prompt.restore', subject, promptId: prompt.id });
    });
    return this.getById(id, me);
  }

  async assertVisible(promptId: string, caller: Principal): Promise<void> {
    await this.access.byId(promptId, caller);
  }

  /** Its packages are found by the name, so that one with versions keeps it. */
  private async rename(prompt: Prompt, name: string, me: Principal): Promise<void> {
    if (await this.prompts.isNameRetired(prompt.ownerId, prompt.name)) throw NamePublished();
    await this.assertNameMayChange(prompt, me);
    // Two that want each other's name are told so here; from the index they would wait for each other.
    if (await this.prompts.isNameTaken(prompt.ownerId, name)) throw PromptExists();
    prompt.name = name;
    await this.database.em.flush();
    // After the write, as in a draft: whoever had the name meanwhile has left its mark by now.
    if (await this.prompts.isNameRetired(prompt.ownerId, name)) throw PromptExists();
  }

  /**
   * Applications read a label by the prompt's name. With the name free, another prompt could take it and answer in the
   * label's place: that takes the right to move each protected label. @throws LabelProtected
   */
  private async assertNameMayChange({ id }: Prompt, me: Principal): Promise<void> {
    const label = await this.prompts.labelProtectedAgainst(id, me.userId);
    if (label !== undefined) throw LabelProtected({ label });
  }

  private async markDeleted(prompt: Prompt, owner: string, me: Principal): Promise<void> {
    prompt.deletedAt = new Date();
    const subject = `${owner}/${prompt.name}`;
    await this.audit.record(me, { action: 'prompt.delete', subject, promptId: prompt.id });
  }

  private async ownerFor(owner: string | undefined, me: Principal): Promise<OwnerWithRole> {
    const found = await this.owners.get(owner ?? me.boundOwnerId ?? me.userId, me.userId);
    if (me.boundPromptId || !isWithinBinding(me, { ownerId: found.id, promptId: '' })) throw KeyBoundElsewhere();
    if (!mayCreateIn(found, me)) throw NotPromptOwner();
    return found;
  }
}

function mayCreateIn(owner: OwnerWithRole, me: Principal): boolean {
  if (owner.id === me.userId || actsAsAdmin(me) || owner.member_role === 'owner') return true;
  return owner.member_role === 'member' && (owner.slug === workspaceSlug || owner.member_access === 'write');
}

function toDetails({ guarded: _guarded, revisionCount: _count, ...prompt }: PromptRecord): PromptDetails {
  return prompt;
}

function toSummary(record: PromptRecord): PromptSummary {
  const { title: _title, enforce_variable_contract: _enforce, latest_version: _latest, ...summary } = toDetails(record);
  return summary;
}
