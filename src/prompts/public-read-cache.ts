import { Injectable } from '@nestjs/common';
import { LruMap } from 'toad-cache';
import type { Caller } from '../auth/access/principal.js';
import { slugOrId } from '../common/http/slug-or-id.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Database, type Statement } from '../database/database.js';
import type { GuardedRow } from './guarded-prompt.js';

interface CacheEntry {
  readonly value: object;
  readonly promptId: string;
  /** The clock of the change feed when the value was read. */
  readonly since: number;
}

const maxEntries = 5_000;
/** Characters of the value as JSON. */
const maxEntrySize = 8 * 1024;

/**
 * A read whose result is the same for every caller who may read the prompt. Its statement selects the guarded columns
 * first.
 */
export interface PublicRead {
  /** With a name; $1 is the user, $2 and $3 the owner's slug or id, $4 the prompt's name, and then the values. */
  readonly statement: Statement;
  readonly path: { readonly owner: string; readonly name: string };
  readonly values: readonly unknown[];
}

/** Maps the rows of a read, of which there is at least one. All callers get the same object while it is cached. */
export type RowMapper<Row, Value> = (rows: readonly [Row, ...Row[]]) => Value;

/**
 * Reads prompts by their path. Results of public prompts, which are the same for every caller, are cached until the
 * prompt changes, in this process or another one. Private prompts are read from the database each time, and so are all
 * prompts while the change feed is not live.
 */
@Injectable()
export class PublicReadCache {
  private readonly entries = new LruMap<CacheEntry>(maxEntries);

  constructor(
    private readonly database: Database,
    private readonly feed: ChangeFeed,
  ) {}

  /** Undefined if the prompt does not exist. A statement is always read with the same `toValue`. */
  async read<Row extends GuardedRow, Value extends object>(
    { statement, path, values }: PublicRead,
    caller: Caller,
    toValue: RowMapper<Row, Value>,
  ): Promise<Value | undefined> {
    const key = JSON.stringify([statement.name, path.owner, path.name, ...values]);
    const entry = this.entries.get(key);
    if (entry && this.feed.isCurrent(entry.promptId, entry.since)) return entry.value as Value;
    const since = this.feed.now;
    const target = [caller?.userId ?? null, ...slugOrId(path.owner), path.name];
    const [first, ...more] = await this.database.query<Row>(statement, [...target, ...values]);
    if (!first) return undefined;
    if (first.visibility !== 'public') return toValue([first, ...more]);
    // The role and grants of this caller must not reach other callers.
    const value = toValue([{ ...first, member_role: null, granted: [] }, ...more]);
    this.store(key, { value, promptId: first.prompt_id, since });
    return value;
  }

  private store(key: string, entry: CacheEntry): void {
    if (this.feed.hasChanged(entry.promptId, entry.since)) return;
    if (JSON.stringify(entry.value).length <= maxEntrySize) this.entries.set(key, entry);
  }
}
