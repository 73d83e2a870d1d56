import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { BackgroundQuery } from '../../database/connections/background-transactions.js';
import {
  attachPartition,
  countDefaultRows,
  coveringPartition,
  createPartitionTable,
  defaultPartition,
  deleteExpiredRows,
  deleteOldVisitors,
  dropPartitionTable,
  expiredPartitions,
  isRolledUp,
  lockDefaultPartition,
  lockParentTable,
  moveToPartition,
  partlyExpiredPartitions,
  shortLockTimeout,
  upcomingMonths,
} from './retention.queries.js';
import { RollUpLock } from '../roll-up/roll-up-lock.js';

/** The result of a step that gives way to other transactions. `later` means that a retry makes sense at once. */
export type StepOutcome = 'done' | 'nothing' | 'later';

/** More rows would keep the default partition locked for too long; there they are counted as well. */
const maxMovedRows = 10_000;
const maxDeletedRows = 10_000;
const maxDeletedVisitors = 100_000;

const lockNotAvailable = '55P03';
const deadlockDetected = '40P01';

interface Month {
  readonly name: string;
  readonly low: string;
  readonly high: string;
}

/** The months that single downloads are stored in. Nothing here makes a download wait for longer than a moment. */
@Injectable()
export class DownloadPartitions {
  constructor(
    private readonly em: EntityManager,
    private readonly lock: RollUpLock,
  ) {}

  /** This month and the next. */
  upcoming(): Promise<Month[]> {
    return this.em.execute<Month[]>(upcomingMonths);
  }

  /** Creates the partition of a month if it is missing, and moves downloads of that month into it. */
  create(month: Month): Promise<StepOutcome> {
    return this.step((query) => createPartition(query, month));
  }

  /** Names of the partitions that ended so many months before this one, oldest first. */
  async expired(months: number): Promise<string[]> {
    return (await this.em.execute<{ name: string }[]>(expiredPartitions, [months])).map(({ name }) => name);
  }

  /** Drops a partition if all of it is in the sums. */
  drop(name: string): Promise<StepOutcome> {
    return this.step((query) => dropPartition(query, name));
  }

  /** Names of the partitions that hold younger downloads too: the default one, and the first of an older database. */
  async partlyExpired(months: number): Promise<string[]> {
    const found = await this.em.execute<{ name: string }[]>(partlyExpiredPartitions, [months]);
    return [defaultPartition, ...found.map(({ name }) => name)];
  }

  /** Deletes a batch of expired downloads that are in the sums from a partition. */
  deleteExpiredRows(name: string, months: number): Promise<StepOutcome> {
    return this.step((query) => deleteSome(query, deleteExpiredRows(name), [months, maxDeletedRows]));
  }

  /** Deletes the visitors of past days in batches; their sums are kept. */
  deleteOldVisitors(): Promise<StepOutcome> {
    return this.step((query) => deleteSome(query, deleteOldVisitors, [maxDeletedVisitors]));
  }

  private async step(work: (query: BackgroundQuery) => Promise<StepOutcome>): Promise<StepOutcome> {
    try {
      return (await this.lock.tryRun(work)) ?? 'later';
    } catch (error) {
      if (isLockConflict(error)) return 'later';
      throw error;
    }
  }
}

async function createPartition(query: BackgroundQuery, { name, low, high }: Month): Promise<StepOutcome> {
  const existing = await query(coveringPartition, [low, high]);
  if (existing.length > 0) return 'nothing';
  await query(shortLockTimeout);
  await query(lockDefaultPartition);
  const [counted] = await query<{ misplaced: number }>(countDefaultRows, [low, high, maxMovedRows + 1]);
  if (counted && counted.misplaced > maxMovedRows) return 'nothing';
  await query(createPartitionTable(name));
  await query(moveToPartition(name), [low, high]);
  await query(attachPartition(name, low, high));
  return 'done';
}

async function dropPartition(query: BackgroundQuery, name: string): Promise<StepOutcome> {
  await query(shortLockTimeout);
  await query(lockParentTable);
  const [counted] = await query<{ yes: boolean }>(isRolledUp(name));
  if (!counted?.yes) return 'later';
  await query(dropPartitionTable(name));
  return 'done';
}

async function deleteSome(query: BackgroundQuery, statement: string, values: readonly number[]): Promise<StepOutcome> {
  const [deleted] = await query<{ count: number }>(statement, values);
  return deleted?.count === values.at(-1) ? 'later' : 'done';
}

function isLockConflict(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].some((state) => state === lockNotAvailable || state === deadlockDetected);
}
