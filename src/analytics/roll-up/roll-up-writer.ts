import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import type { BackgroundQuery } from '../../database/connections/background-transactions.js';
import { Download } from '../download.entity.js';
import { DownloadRepository } from '../download.repository.js';
import { RollUpLock } from './roll-up-lock.js';
import {
  addToSums,
  advancePosition,
  batchBounds,
  highestTransaction,
  isRestoredFromElsewhere,
  lateDays,
  restoreVisitors,
  setTransactionDefault,
  shiftTransactions,
} from './roll-up.queries.js';

/** Transactions, as `committed_by` names them: what to count lies from `dayLow` or `hourLow` to below `high`. */
interface Bounds {
  readonly dayLow: string;
  readonly hourLow: string;
  readonly high: string;
  readonly isLast: boolean;
}

/** Downloads that one transaction counts: it holds the rows of their prompts for well under a second. */
const maxBatchSize = 10_000;

/** Counts each recorded download exactly once into the sums by hour and day and into its prompt's count. */
@Injectable()
export class RollUpWriter {
  constructor(
    @InjectRepository(Download) private readonly downloads: DownloadRepository,
    private readonly lock: RollUpLock,
  ) {}

  /**
   * Adds one batch of new downloads to the sums. Does nothing while another process does so. Returns whether there is
   * more.
   */
  async rollUp(): Promise<boolean> {
    if (!(await this.downloads.hasPending())) return false;
    return (await this.lock.tryRun((query) => countBatch(query))) ?? false;
  }

  /**
   * Continues the roll-up after a restore into another cluster. Has to be called before downloads are recorded there.
   */
  async adaptToCluster(): Promise<void> {
    while (await this.adaptBatch());
  }

  /** Returns whether there may be more to do. */
  private async adaptBatch(): Promise<boolean> {
    let isRestored = false;
    await this.lock.run(async (query) => {
      const [position] = await query<{ yes: boolean }>(isRestoredFromElsewhere);
      isRestored = position?.yes ?? false;
      if (!isRestored) return;
      const [{ top } = { top: '' }] = await query<{ top: string }>(highestTransaction);
      if (!(await countBatch(query, top))) await restartCounting(query, top);
    });
    return isRestored;
  }
}

/** Counts the downloads below `top`, else below the oldest running transaction. Returns whether there is more. */
async function countBatch(query: BackgroundQuery, top?: string): Promise<boolean> {
  const [next] = await query<Bounds>(batchBounds, [maxBatchSize, top]);
  if (!next) return false;
  const { dayLow, hourLow, high, isLast } = next;
  for (const { day } of await query<{ day: string }>(lateDays, [dayLow, high])) {
    await query(restoreVisitors, [dayLow, high, day]);
  }
  await query(addToSums, [dayLow, hourLow, high]);
  await query(advancePosition, [high]);
  return !isLast;
}

async function restartCounting(query: BackgroundQuery, top: string): Promise<void> {
  const [{ shift } = { shift: '0' }] = await query<{ shift: string }>(shiftTransactions, [top]);
  await query(setTransactionDefault(BigInt(shift)));
}
