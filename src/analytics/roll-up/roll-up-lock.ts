import { Injectable } from '@nestjs/common';
import { type BackgroundQuery, BackgroundTransactions } from '../../database/connections/background-transactions.js';
import { disableSequentialScan, tryLock, waitForLock } from './roll-up.queries.js';

// Earlier versions take the same number, so that servers of two versions count one after the other.
const rollUpLockKey = 7_305_809;

/** Transactions that change what is counted take turns, over all servers: one at a time. */
@Injectable()
export class RollUpLock {
  constructor(private readonly transactions: BackgroundTransactions) {}

  /** Runs the work in a transaction of its own once the lock is free. */
  async run(work: (query: BackgroundQuery) => Promise<void>): Promise<void> {
    await this.transactions.run(async (query) => {
      await query(waitForLock, [rollUpLockKey]);
      await query(disableSequentialScan);
      await work(query);
    });
  }

  /** As `run`, but gives undefined at once if the lock is taken. */
  async tryRun<T>(work: (query: BackgroundQuery) => Promise<T>): Promise<T | undefined> {
    let result: T | undefined;
    await this.transactions.run(async (query) => {
      const [row] = await query<{ mine: boolean }>(tryLock, [rollUpLockKey]);
      if (!row?.mine) return;
      await query(disableSequentialScan);
      result = await work(query);
    });
    return result;
  }
}
