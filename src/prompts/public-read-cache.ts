import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Guarded, isAllowed } from '../auth/access/access-policy.js';
import type { Caller } from '../auth/access/principal.js';
import { CollapsedLoads } from '../common/collapsed-loads.js';
import { slugOrId } from '../common/http/slug-or-id.js';
import { isStorableText } from '../common/http/scalars.js';
import { ChangeFeed } from '../database/change-feed.js';
import { prepared } from '../database/prepared-statements.js';
import type { GuardedRow } from './guarded-prompt.queries.js';
import { readable } from './prompt-access.service.js';
import { PromptNotFound } from './prompts.errors.js';

interface CacheEntry extends Reading {
  readonly value: GuardedValue;
}

interface Reading {
  readonly promptId: string;
  /** The clock of the change feed when the value was read. */
  readonly since: number;
}

/** Of all values and their keys together. */
const maxBytes = 32 * 1024 * 1024;
/** One value must not displace most of the others. */
const maxEntryBytes = maxBytes / 4;
/** What an entry takes in memory besides its text. */
const entryOverheadBytes = 512;
const bytesPerCharacter = 2;

/** A statement that begins with the guard of a prompt, by name. */
export interface PublicStatement {
  readonly name: string;
  readonly text: string;
}

/** $1 is the user, $2 and $3 the owner's slug or id, $4 the prompt's name, and then the values of the read. */
export function publicStatement(name: string, text: string): PublicStatement {
  return { name, text: prepared(name, text) };
}

/** What says the same to all who may read a prompt. */
export interface PublicRead {
  readonly statement: PublicStatement;
  readonly path: { readonly owner: string; readonly name: string };
  readonly values: readonly unknown[];
}

/** What was read, with what the access policy asks about the prompt. */
export interface GuardedValue {
  readonly guarded: Guarded;
  /** What it takes in memory, if that is known; otherwise it is estimated from its JSON. */
  readonly bytes?: number;
}

/** What the rows of a read say; there is at least the first. The same object is given to all callers while it is cached. */
export type RowMapper<Row, Value> = (rows: readonly [Row, ...Row[]]) => Value;

/**
 * Reads of prompts by their path, as all users make them. What is read of public prompts is cached in memory until
 * something of the prompt changes, here or on another process; it is the same for every caller. Without a feed that is
 * live, and for private prompts, the database is asked each time.
 */
@Injectable()
export class PublicReadCache {
  private readonly entries = new LRUCache<string, CacheEntry>({
    maxSize: maxBytes,
    maxEntrySize: maxEntryBytes,
    sizeCalculation: ({ value }, key) => entryOverheadBytes + key.length * bytesPerCharacter + sizeOf(value),
  });

  private readonly loads = new CollapsedLoads();
  private readonly readings = new WeakMap<GuardedValue, Reading>();

  constructor(
    private readonly em: EntityManager,
    private readonly feed: ChangeFeed,
  ) {}

  /**
   * A statement is always read with the same mapper.
   * @throws PromptNotFound, also for a prompt that the caller may not read
   */
  async read<Row extends GuardedRow, Value extends GuardedValue>(
    read: PublicRead,
    caller: Caller,
    toValue: RowMapper<Row, Value>,
  ): Promise<Value> {
    const { path, values } = read;
    if (![path.owner, path.name, ...values].every(canBeStored)) throw PromptNotFound();
    const key = JSON.stringify([read.statement.name, path.owner, path.name, ...values]);
    const cached = this.findCached(key) as Value | undefined;
    if (cached) return readable(cached, caller);
    // Another user's read finds another membership and other grants.
    const loadKey = `${caller?.userId ?? ''} ${key}`;
    const load = async () => (this.findCached(key) as Value | undefined) ?? this.load(key, read, { caller, toValue });
    return readable(await this.loads.run(loadKey, load), caller);
  }

  /** Whether a value that was read earlier is what the caller would read now. If that is not known, it is not. */
  isCurrentFor(value: GuardedValue, caller: Caller): boolean {
    const reading = this.readings.get(value);
    return reading !== undefined && this.isCurrent(reading) && isAllowed(caller, 'read', value.guarded);
  }

  private isCurrent({ promptId, since }: Reading): boolean {
    return this.feed.isCurrent(promptId, since);
  }

  private findCached(key: string): GuardedValue | undefined {
    const entry = this.entries.get(key);
    return entry && this.isCurrent(entry) ? entry.value : undefined;
  }

  private async load<Row extends GuardedRow, Value extends GuardedValue>(
    key: string,
    { statement, path, values }: PublicRead,
    { caller, toValue }: { readonly caller: Caller; readonly toValue: RowMapper<Row, Value> },
  ): Promise<Value | undefined> {
    const since = this.feed.now;
    const target = [caller?.userId ?? null, ...slugOrId(path.owner), path.name];
    const [first, ...more] = await this.em.execute<Row[]>(statement.text, [...target, ...values]);
    if (!first) return undefined;
    if (first.visibility !== 'public') return toValue([first, ...more]);
    // The caller's own membership and grants are not for others.
    const value = toValue([{ ...first, member_role: null, granted: [] }, ...more]);
    this.store(key, { value, promptId: first.prompt_id, since });
    return value;
  }

  private store(key: string, entry: CacheEntry): void {
    if (this.feed.hasChanged(entry.promptId, entry.since)) return;
    this.entries.set(key, entry);
    this.readings.set(entry.value, entry);
  }
}

function sizeOf(value: GuardedValue): number {
  return value.bytes ?? JSON.stringify(value).length * bytesPerCharacter;
}

function canBeStored(value: unknown): boolean {
  return typeof value !== 'string' || isStorableText(value);
}
