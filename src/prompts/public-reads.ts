import { Injectable } from '@nestjs/common';
import { LruMap } from 'toad-cache';
import type { Caller } from '../auth/access/principal.js';
import { slugOrId } from '../auth/identity/owners.repository.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Database, type Statement } from '../database/database.js';
import type { GuardedRow } from './guarded-prompt.js';

interface Kept {
  readonly rows: readonly GuardedRow[];
  readonly promptId: string;
  /** The feed's present when the rows were read. */
  readonly since: number;
}

const mostKept = 5_000;
const largestKept = 16 * 1024;

/** What says the same to everybody who may read a prompt: the answer of a statement that begins with its guard. */
export interface PublicRead {
  /** With a name; $1 is the user, $2 and $3 the owner's slug or id, $4 the prompt's name, and then the values. */
  readonly statement: Statement;
  readonly path: { readonly owner: string; readonly name: string };
  readonly values: readonly unknown[];
}

/**
 * Reads of prompts by their path, as everybody makes them. Of public prompts the rows are kept in memory until something
 * of the prompt changes, here or on another process; whoever asks, they are the same. Without a feed that is live, and
 * for private prompts, the database is asked each time.
 */
@Injectable()
export class PublicReads {
  private readonly kept = new LruMap<Kept>(mostKept);

  constructor(
    private readonly database: Database,
    private readonly feed: ChangeFeed,
  ) {}

  async rows<Row extends GuardedRow>(read: PublicRead, caller: Caller): Promise<readonly Row[]> {
    const { statement, path, values } = read;
    const key = JSON.stringify([statement.name, path.owner, path.name, ...values]);
    const kept = this.kept.get(key);
    if (kept && this.feed.isLive && !this.feed.hasChanged(kept.promptId, kept.since))
      return kept.rows as readonly Row[];
    const since = this.feed.now;
    const place = [caller?.userId ?? null, ...slugOrId(path.owner), path.name];
    const rows = await this.database.query<Row>(statement, [...place, ...values]);
    this.keep(key, rows, since);
    return rows;
  }

  private keep(key: string, rows: readonly GuardedRow[], since: number): void {
    const [first] = rows;
    if (first?.visibility !== 'public' || this.feed.hasChanged(first.prompt_id, since)) return;
    // The caller's own place and grants are nobody else's.
    const shared = rows.map((row) => ({ ...row, member_role: null, granted: [] }));
    if (JSON.stringify(shared).length <= largestKept)
      this.kept.set(key, { rows: shared, promptId: first.prompt_id, since });
  }
}
