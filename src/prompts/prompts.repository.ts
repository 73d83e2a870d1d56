import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Guarded } from '../auth/access/access-policy.js';
import type { Caller } from '../auth/access/principal.js';
import { slugOrId } from '../auth/identity/owners.repository.js';
import { ChangeFeedSubscriber } from '../database/change-feed-subscriber.js';
import { Database } from '../database/database.js';
import { toRfc3339 } from '../database/timestamps.js';
import { guardedById, guardedByPath, guardedColumns, type GuardedRow, toGuarded } from './guarded-prompt.js';
import { Prompt } from './prompt.entity.js';
import type { PromptDetails } from './prompts.dto.js';
import { PromptNotFound } from './prompts.errors.js';
import { compareVersions } from './releases/version-number.js';

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
const insert = {
  name: 'insert-prompt',
  text: `insert into prompt (id, owner_id, name, description, visibility, tags, created_by, title, data, meta)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
};
const nameRetired = {
  name: 'name-retired',
  text: 'select 1 from published_name where owner_id = $1 and name = $2 and prompt_id is distinct from $3',
};
const nameTaken = {
  name: 'name-taken',
  text: `select 1 from prompt where owner_id = $1 and name = $2 and deleted_at is null
         union all select 1 from published_name where owner_id = $1 and name = $2`,
};
/** That a name has had a published version: it is never given to another prompt, even after a deletion. */
const retireName = {
  name: 'retire-name',
  text: 'insert into published_name (owner_id, name, prompt_id) values ($1, $2, $3) on conflict do nothing',
};
const protectedAgainst = {
  name: 'label-protected-against',
  text: `select label from label_protection where prompt_id = $1 and not $2 = any (writers) order by label limit 1`,
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
    changes: ChangeFeedSubscriber,
  ) {
    // Only what is to be changed is loaded in a transaction, under its lock.
    changes.follow(Prompt, ({ id }) => id);
  }

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
    const { id, ownerId, name, description, visibility, tags, createdBy, title, data = {}, meta = {} } = prompt;
    const json = [JSON.stringify(data), JSON.stringify(meta)];
    await this.database.query(insert, [id, ownerId, name, description, visibility, tags, createdBy, title, ...json]);
  }

  /** The prompt's row, tombstones included, locked for a change in the running transaction. */
  lock(id: string): Promise<Prompt | null> {
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

  /** The first label of the prompt that is protected against the user, set or not; undefined where the user may move all. */
  async labelProtectedAgainst(promptId: string, userId: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ label: string }>(protectedAgainst, [promptId, userId]);
    return row?.label;
  }

  /** Notes that the running transaction, which holds the prompt, publishes a version: the name is the prompt's for good. */
  async recordVersion(prompt: Prompt, version: string): Promise<void> {
    const { latestVersion = null } = prompt;
    if (latestVersion === null || compareVersions(version, latestVersion) > 0) prompt.latestVersion = version;
    prompt.updatedAt = new Date();
    if (latestVersion === null) await this.database.query(retireName, [prompt.ownerId, prompt.name, prompt.id]);
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
