import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Guarded } from '../auth/access/access-policy.js';
import type { Principal } from '../auth/access/principal.js';
import { Membership } from '../auth/accounts/membership.entity.js';
import { Owner } from '../auth/accounts/owner.entity.js';
import { Group } from '../auth/groups/group.entity.js';
import { ChangeFeed } from '../database/change-feed.js';
import { ChangeFeedSubscriber } from '../database/change-feed-subscriber.js';
import { statementName } from '../database/prepared-statements.js';
import { type GuardedRow, toGuarded } from './guarded-prompt.queries.js';

/** A read of one prompt by one statement, which begins with the guard of the prompt. */
export interface PromptRead<Row extends GuardedRow> {
  /** $1 is the user, and then come the values. */
  readonly statement: string;
  readonly values: readonly unknown[];
  /** The JSON of what was read, for every caller the same; undefined if nothing was. Always the same for a statement. */
  readonly toJson: (row: Row) => Buffer | undefined;
}

/** What was read, with what the access policy asks about the prompt and the caller. */
export interface ReadPrompt {
  readonly guarded: Guarded;
  readonly json: Buffer | undefined;
}

/** What the guard says of one caller. */
type Rights = Pick<Guarded, 'memberRole' | 'granted'>;

interface PromptEntry {
  readonly prompt: Omit<Guarded, keyof Rights>;
  readonly json: Buffer;
  /** The clock of the change feed when it was read. */
  readonly since: number;
}

interface RightsEntry {
  readonly rights: Rights;
  readonly since: number;
}

/** Of all prompts with their keys. */
const maxBytes = 16 * 1024 * 1024;
/** One prompt must not displace most of the others. */
const maxEntryBytes = maxBytes / 16;
/** What an entry takes in memory besides its texts. */
const entryOverheadBytes = 1024;
const bytesPerCharacter = 2;
const maxRights = 20_000;

/** A transaction that changes a group loads the group, and not its members. */
const anyGroup = 'groups';

/**
 * Reads of prompts, public and private, whose answers are cached in memory: apart what the prompt says to all, and what
 * each caller's memberships and grants are. The access policy is asked for every read. Each part is used until the
 * change feed reports a change of the prompt, its owner, its creator or a group, the second also of the caller. Without
 * a feed that is live the database is asked each time.
 */
@Injectable()
export class PromptReadCache {
  private readonly prompts = new LRUCache<string, PromptEntry>({
    maxSize: maxBytes,
    maxEntrySize: maxEntryBytes,
    sizeCalculation: ({ json }, key) => entryOverheadBytes + json.length + bytesPerCharacter * key.length,
  });
  private readonly rights = new LRUCache<string, RightsEntry>({ max: maxRights });

  constructor(
    private readonly em: EntityManager,
    private readonly feed: ChangeFeed,
    changes: ChangeFeedSubscriber,
  ) {
    changes.follow(Membership, ({ userId }) => userId);
    changes.follow(Owner, ({ id }) => id);
    changes.follow(Group, () => anyGroup);
  }

  /** Undefined for a prompt that does not exist. Whether the caller may read it is still to be asked. */
  async find<Row extends GuardedRow>(read: PromptRead<Row>, caller: Principal): Promise<ReadPrompt | undefined> {
    const key = JSON.stringify([statementName(read.statement), ...read.values]);
    const cached = this.cached(key, caller);
    if (cached) return cached;
    const since = this.now;
    const [row] = await this.em.execute<Row[]>(read.statement, [caller.userId, ...read.values]);
    if (!row) return undefined;
    return this.store(key, { guarded: toGuarded(row), json: read.toJson(row) }, caller, since);
  }

  /** The clock, to be asked before something is read that is stored then. */
  get now(): number {
    return this.feed.now;
  }

  /** What is stored under the key, if it is current. */
  cached(key: string, { userId }: Principal): ReadPrompt | undefined {
    const entry = this.prompts.get(key);
    if (!entry || !this.feed.isLive || this.hasChanged(entry.prompt, entry.since)) return undefined;
    const own = this.rights.get(rightsKey(userId, entry.prompt.promptId));
    if (!own || this.hasChanged(entry.prompt, own.since) || this.feed.hasChanged(userId, own.since)) return undefined;
    return { guarded: { ...entry.prompt, ...own.rights }, json: entry.json };
  }

  /** Stores what was read for the caller at that time of the clock; a key always stands for the same read. */
  store<Read extends ReadPrompt>(key: string, read: Read, { userId }: Principal, since: number): Read {
    const { json, guarded } = read;
    if (json === undefined) return read;
    const { memberRole, granted, ...prompt } = guarded;
    this.prompts.set(key, { prompt, json, since });
    this.rights.set(rightsKey(userId, prompt.promptId), { rights: { memberRole, granted }, since });
    return read;
  }

  /** Some answers show the creator, and the grants, which a group that is deleted takes with it. */
  private hasChanged({ promptId, ownerId, createdBy }: PromptEntry['prompt'], since: number): boolean {
    return [promptId, ownerId, createdBy, anyGroup].some((id) => this.feed.hasChanged(id, since));
  }
}

function rightsKey(userId: string, promptId: string): string {
  return `${userId} ${promptId}`;
}
