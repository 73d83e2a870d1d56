import { Injectable } from '@nestjs/common';
import { LruMap } from 'toad-cache';
import type { Caller } from '../auth/access/principal.js';
import { slugOrId } from '../common/http/slug-or-id.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Database, type Statement } from '../database/database.js';
import type { GuardedRow } from './guarded-prompt.js';

interface Kept {
  readonly made: object;
  readonly promptId: string;
  /** The feed's present when it was read. */
  readonly since: number;
}

const mostKept = 5_000;
/** As JSON, in characters. */
const largestKept = 8 * 1024;

/** What says the same to everybody who may read a prompt: the answer of a statement that begins with its guard. */
export interface PublicRead {
  /** With a name; $1 is the user, $2 and $3 the owner's slug or id, $4 the prompt's name, and then the values. */
  readonly statement: Statement;
  readonly path: { readonly owner: string; readonly name: string };
  readonly values: readonly unknown[];
}

/** What the rows of a read say; there is at least the first. The same object is given to everybody while it is kept. */
export type Make<Row, Made> = (rows: readonly [Row, ...Row[]]) => Made;

/**
 * Reads of prompts by their path, as everybody makes them. What is read of public prompts is kept in memory until
 * something of the prompt changes, here or on another process; whoever asks, it is the same. Without a feed that is live,
 * and for private prompts, the database is asked each time.
 */
@Injectable()
export class PublicReads {
  private readonly kept = new LruMap<Kept>(mostKept);

  constructor(
    private readonly database: Database,
    private readonly feed: ChangeFeed,
  ) {}

  /** Undefined if there is no such prompt. A statement is always read with the same `make`. */
  async read<Row extends GuardedRow, Made extends object>(
    { statement, path, values }: PublicRead,
    caller: Caller,
    make: Make<Row, Made>,
  ): Promise<Made | undefined> {
    const key = JSON.stringify([statement.name, path.owner, path.name, ...values]);
    const kept = this.kept.get(key);
    if (kept && this.feed.isCurrent(kept.promptId, kept.since)) return kept.made as Made;
    const since = this.feed.now;
    const place = [caller?.userId ?? null, ...slugOrId(path.owner), path.name];
    const [first, ...more] = await this.database.query<Row>(statement, [...place, ...values]);
    if (!first) return undefined;
    if (first.visibility !== 'public') return make([first, ...more]);
    // The caller's own place and grants are nobody else's.
    const made = make([{ ...first, member_role: null, granted: [] }, ...more]);
    this.keep(key, { made, promptId: first.prompt_id, since });
    return made;
  }

  private keep(key: string, kept: Kept): void {
    if (this.feed.hasChanged(kept.promptId, kept.since)) return;
    if (JSON.stringify(kept.made).length <= largestKept) this.kept.set(key, kept);
  }
}
