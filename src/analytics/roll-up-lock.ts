import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

export type BackgroundQuery = Parameters<Parameters<Database['background']>[0]>[0];

// Earlier versions take the same number, so that servers of two versions count one after the other.
const rollUpLockKey = 7_305_809;
const waitForLock = { text: 'select pg_advisory_xact_lock($1)' };
const tryLock = { text: 'select pg_try_advisory_xact_lock($1) as mine' };
// What PostgreSQL knows about a table that grows every second is always old; none of these statements reads a table whole.
const disableSequentialScan = { text: 'set local enable_seqscan = off' };

/** Whoever changes what has been counted already takes turns, over all servers: one transaction at a time. */
@Injectable()
export class RollUpLock {
  constructor(private readonly database: Database) {}

  /** Runs the work in a transaction of its own once it is its turn. */
  async run(work: (query: BackgroundQuery) => Promise<void>): Promise<void> {
    await this.database.background(async (query) => {
      await query(waitForLock, [rollUpLockKey]);
      await query(disableSequentialScan);
      await work(query);
    });
  }

  /** As `wait`, but leaves it, answering undefined, if somebody else is at it. */
  async tryRun<T>(work: (query: BackgroundQuery) => Promise<T>): Promise<T | undefined> {
    let result: T | undefined;
    await this.database.background(async (query) => {
      const [row] = await query<{ mine: boolean }>(tryLock, [rollUpLockKey]);
      if (!row?.mine) return;
      await query(disableSequentialScan);
      result = await work(query);
    });
    return result;
  }
}
