import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Guarded } from '../auth/access/access-policy.js';
import type { Caller } from '../auth/access/principal.js';
import { slugOrId } from '../auth/identity/owners.repository.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Database } from '../database/database.js';
import { toRfc3339 } from '../database/timestamps.js';
import { guardedById, guardedByPath, guardedColumns, type GuardedRow, toGuarded } from './guarded-prompt.js';
import { Prompt, PublishedName } from './prompt.entity.js';
import type { PromptDetails } from './prompts.dto.js';
import { PromptNotFound } from './prompts.errors.js';

/** A prompt as it is answered, with what the access policy asks about it. */
export interface PromptRecord extends PromptDetails {
  readonly guarded: Guarded;
  /** How many revisions it has had. */
  readonly revisionCount: number;
}

/** What a prompt is made with. */
type NewPrompt = Pick<Prompt, 'id' | 'ownerId' | 'name' | 'description' | 'visibility' | 'tags' | 'createdBy'> &
  Partial<Pick<Prompt, 'title' | 'data' | 'meta'>>;

type PromptRow = Omit<PromptDetails, 'download_count'> & {
  download_count: string;
  revision_count: number;
} & GuardedRow;

// Written by hand: one statement reads a prompt together with all that the policy needs.
const columns = `p.id, p.name, p.description, o.slug as owner_username, p.tags, p.download_count,
  p.created_at, p.updated_at, p.title, p.enforce_variable_contract, p.latest_version, p.revision_count, ${guardedColumns}`;
const byId = { name: 'prompt-by-id', text: `select ${columns} ${guardedById}` };
const byPath = { name: 'prompt-by-path', text: `select ${columns} ${guardedByPath}` };
const nameRetired = {
  name: 'name-retired',
  text: 'select 1 from published_name where owner_id = $1 and name = $2 and prompt_id is distinct from $3',
};
const nameTaken = {
  name: 'name-taken',
  text: `select 1 from prompt where owner_id = $1 and name = $2 and deleted_at is null
         union all select 1 from published_name where owner_id = $1 and name = $2`,
};
const recordVersion = {
  name: 'record-version',
  text: `update prompt set updated_at = now(), latest_version = case
           when latest_version is null or string_to_array(latest_version, '.')::int[] < string_to_array($2, '.')::int[]
           then $2 else latest_version end
         where id = $1`,
};
const refreshLatestVersion = {
  name: 'refresh-latest-version',
  text: `update prompt set updated_at = now(), latest_version = (
           select version from release where prompt_id = $1 and not yanked
           order by major desc, minor desc, patch desc limit 1
         ) where id = $1`,
};

@Injectable()
export class PromptsRepository {
  constructor(
    private readonly database: Database,
    private readonly feed: ChangeFeed,
  ) {}

  async findById(id: string, caller: Caller): Promise<PromptRecord | undefined> {
    const rows = await this.database.query<PromptRow>(byId, [caller?.userId ?? null, id]);
    return rows.map(toRecord)[0];
  }

  /** By the owner's slug or id, and the name. */
  async findByPath(owner: string, name: string, caller: Caller): Promise<PromptRecord | undefined> {
    const values = [caller?.userId ?? null, ...slugOrId(owner), name];
    const rows = await this.database.query<PromptRow>(byPath, values);
    return rows.map(toRecord)[0];
  }

  async insert(prompt: NewPrompt): Promise<void> {
    const { em } = this.database;
    em.create(Prompt, prompt);
    await this.database.read(() => em.flush());
  }

  /** The prompt's row, tombstones included, locked for a change in the running transaction. */
  lock(id: string): Promise<Prompt | null> {
    // Whoever locks it changes it: nobody here may be answered from memory once that is done.
    this.database.afterTransaction(() => this.feed.note(id));
    return this.database.em.findOne(Prompt, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  /** The row of a living prompt, locked like that. @throws PromptNotFound */
  async lockLiving(id: string): Promise<Prompt> {
    const prompt = await this.lock(id);
    if (!prompt || prompt.deletedAt) throw PromptNotFound();
    return prompt;
  }

  /** Whether the name belongs for ever to a prompt (other than `promptId`), living or deleted, because it was published under it. */
  async isNameRetired(ownerId: string, name: string, promptId: string | null = null): Promise<boolean> {
    return (await this.database.query(nameRetired, [ownerId, name, promptId])).length > 0;
  }

  async isNameTaken(ownerId: string, name: string): Promise<boolean> {
    return (await this.database.query(nameTaken, [ownerId, name])).length > 0;
  }

  /** Notes in the running transaction that a version was published: the name is the prompt's for good. */
  async recordVersion(prompt: { id: string; ownerId: string; name: string }, version: string): Promise<void> {
    await this.database.query(recordVersion, [prompt.id, version]);
    const name = { ownerId: prompt.ownerId, name: prompt.name, promptId: prompt.id };
    await this.database.em.upsert(PublishedName, name, { onConflictAction: 'ignore' });
  }

  /** Names the highest version that is not yanked anew, after one was or is no more. */
  async refreshLatestVersion(id: string): Promise<void> {
    await this.database.query(refreshLatestVersion, [id]);
  }
}

function toRecord(row: PromptRow): PromptRecord {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    owner_id: row.owner_id,
    owner_username: row.owner_username,
    visibility: row.visibility,
    tags: row.tags,
    download_count: Number(row.download_count),
    created_at: toRfc3339(row.created_at),
    updated_at: toRfc3339(row.updated_at),
    title: row.title,
    enforce_variable_contract: row.enforce_variable_contract,
    latest_version: row.latest_version,
    guarded: toGuarded(row),
    revisionCount: row.revision_count,
  };
}
