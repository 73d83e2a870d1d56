import { type EntityDictionary, EntityRepository } from '@mikro-orm/postgresql';
import type { Guarded } from '../auth/access/access-policy.js';
import { actsAsAdmin, type Caller } from '../auth/access/principal.js';
import { slugOrId } from '../common/http/slug-or-id.js';
import { type GuardedRow, toGuarded } from './guarded-prompt.queries.js';
import { Prompt } from './prompt.entity.js';
import { PromptNotFound } from './prompts.errors.js';
import {
  lockPrompt,
  lockPromptById,
  lockPromptByPath,
  nameTaken,
  promptById,
  promptByPath,
  promptPath,
} from './prompts.queries.js';

type ReadFields =
  'id' | 'name' | 'title' | 'description' | 'visibility' | 'tags' | 'ownerId' | 'enforceVariableContract';

/** A prompt as it is read, with what the access policy asks about it. */
export interface PromptRecord extends Readonly<Pick<Prompt, ReadFields | 'revisionCount' | 'downloadCount'>> {
  readonly ownerSlug: string;
  /** The highest version that is not yanked. */
  readonly latestVersion: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly guarded: Guarded;
}

/** A prompt whose row is locked in the running transaction, with what the access policy asks of it. */
export interface LockedPromptRecord {
  readonly prompt: Prompt;
  readonly ownerSlug: string;
  readonly guarded: Guarded;
}

/** The fields of a prompt in lists. */
export type PromptSummaryRecord = Pick<
  PromptRecord,
  | 'id'
  | 'name'
  | 'description'
  | 'ownerId'
  | 'ownerSlug'
  | 'visibility'
  | 'tags'
  | 'downloadCount'
  | 'createdAt'
  | 'updatedAt'
>;

type PromptRow = Omit<PromptRecord, 'guarded' | 'ownerId' | 'downloadCount'> &
  GuardedRow & { readonly downloadCount: string };

/** Prompts by id and by path; and the lock under which they and their histories are changed. */
export class PromptRepository extends EntityRepository<Prompt> {
  async findById(id: string, caller: Caller): Promise<PromptRecord | undefined> {
    const rows = await this.em.execute<PromptRow[]>(promptById, [caller?.userId ?? null, id]);
    return rows.map(toRecord)[0];
  }

  /** By the owner's slug or id, and the name. */
  async findByPath(owner: string, name: string, caller: Caller): Promise<PromptRecord | undefined> {
    const values = [caller?.userId ?? null, ...slugOrId(owner), name];
    const rows = await this.em.execute<PromptRow[]>(promptByPath, values);
    return rows.map(toRecord)[0];
  }

  /** `owner/name` of the prompt, as people call it. */
  async pathOf(id: string): Promise<string> {
    const [row] = await this.em.execute<{ path: string }[]>(promptPath, [id]);
    return row?.path ?? id;
  }

  /** The prompt's row, tombstones included, locked for a change in the running transaction. */
  async lock(id: string): Promise<Prompt | null> {
    const [row] = await this.em.execute<EntityDictionary<Prompt>[]>(lockPrompt, [id]);
    return row ? this.map(row) : null;
  }

  /** The row of the owner's prompt that is not deleted, locked like that, with what the access policy asks of it. */
  lockById(id: string, owner: string, caller: Caller): Promise<LockedPromptRecord | undefined> {
    return this.lockGuarded(lockPromptById, [caller?.userId ?? null, id, ...slugOrId(owner)]);
  }

  /** The same by the owner's slug or id, and the name. */
  lockByPath(owner: string, name: string, caller: Caller): Promise<LockedPromptRecord | undefined> {
    return this.lockGuarded(lockPromptByPath, [caller?.userId ?? null, ...slugOrId(owner), name, isAdmin(caller)]);
  }

  /** The row of a prompt that is not deleted, locked like that. @throws PromptNotFound */
  async lockActive(id: string): Promise<Prompt> {
    const prompt = await this.lock(id);
    if (!prompt || prompt.deletedAt) throw PromptNotFound();
    return prompt;
  }

  /** Whether a prompt has the name, or it is reserved for one that had it. */
  async isNameTaken(ownerId: string, name: string): Promise<boolean> {
    return (await this.em.execute<object[]>(nameTaken, [ownerId, name])).length > 0;
  }

  private async lockGuarded(statement: string, values: unknown[]): Promise<LockedPromptRecord | undefined> {
    const [row] = await this.em.execute<(EntityDictionary<Prompt> & GuardedRow & { ownerSlug: string })[]>(
      statement,
      values,
    );
    return row && { prompt: this.map(row), ownerSlug: row.ownerSlug, guarded: toGuarded(row) };
  }
}

Prompt.setCustomRepository(() => PromptRepository);

function toRecord(row: PromptRow): PromptRecord {
  const guarded = toGuarded(row);
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    description: row.description,
    ownerId: guarded.ownerId,
    ownerSlug: row.ownerSlug,
    visibility: row.visibility,
    tags: row.tags,
    downloadCount: Number(row.downloadCount),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    enforceVariableContract: row.enforceVariableContract,
    latestVersion: row.latestVersion,
    revisionCount: row.revisionCount,
    guarded,
  };
}

function isAdmin(caller: Caller): boolean {
  return caller !== undefined && actsAsAdmin(caller);
}
