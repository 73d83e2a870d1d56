import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type BackgroundQuery, RollUpLock } from './roll-up-lock.js';

/** What became of a step that lets others go first; `later` means that it is worth trying again at once. */
export type StepOutcome = 'done' | 'nothing' | 'later';

/** More than this many would keep the partition for strays locked for too long; there they are counted as well. */
const maxMovedRows = 10_000;
const maxDeletedRows = 10_000;
const maxDeletedVisitors = 100_000;

// Whoever records a download queues behind a lock that is waited for, so that it is given up quickly.
const shortLockTimeout = { text: `set local lock_timeout = '100ms'` };
const lockNotAvailable = '55P03';
const deadlockDetected = '40P01';

const month = (offset: number) => `date_trunc('month', now() at time zone 'utc') + interval '${offset} months'`;
const upcomingMonths = {
  text: `select 'download_' || to_char(start, 'YYYY_MM') as name, (start at time zone 'utc')::text as low,
           ((start + interval '1 month') at time zone 'utc')::text as high
         from (values (${month(0)}), (${month(1)})) m (start)`,
};
interface Month {
  readonly name: string;
  readonly low: string;
  readonly high: string;
}

const partitions = `
  select quote_ident(c.relname) as name,
    (regexp_match(bound, 'FROM \\(''([^'']+)''\\)'))[1]::timestamptz as low,
    (regexp_match(bound, 'TO \\(''([^'']+)''\\)'))[1]::timestamptz as high
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  cross join lateral pg_get_expr(c.relpartbound, c.oid) bound
  where i.inhparent = 'download'::regclass and bound <> 'DEFAULT'`;
const coveringPartition = {
  text: `select name from (${partitions}) p where coalesce(low, '-infinity') < $2::timestamptz and high > $1::timestamptz`,
};
/** Downloads from before are only needed for their sums. */
const retentionStart = `(date_trunc('month', now() at time zone 'utc') - make_interval(months => $1)) at time zone 'utc'`;
const expiredPartitions = { text: `select name from (${partitions}) p where high <= ${retentionStart} order by high` };
// Of a database that is older than its months: what was there then is the first partition, with many months in one.
const partlyExpiredPartitions = {
  text: `select name from (${partitions}) p where coalesce(low, '-infinity') < ${retentionStart} and high > ${retentionStart}`,
};

const defaultPartition = 'download_default';
const lockDefaultPartition = { text: `lock table ${defaultPartition} in access exclusive mode` };
const countDefaultRows = {
  text: `select count(*)::int as strays from (
           select from ${defaultPartition} where at >= $1::timestamptz and at < $2::timestamptz limit $3) s`,
};
const moveToPartition = (name: string) => ({
  text: `with moved as (
           delete from ${defaultPartition} where at >= $1::timestamptz and at < $2::timestamptz returning *
         ) insert into ${name} select * from moved`,
});
const deleteExpiredRows = (name: string) => ({
  text: `with gone as (
           delete from ${name} d using (
             select s.at, s.id from ${name} s, download_rollup r
             where s.at < ${retentionStart} and s.committed_by < least(r.next_transaction, r.next_hour_transaction)
             limit $2
           ) old where d.at = old.at and d.id = old.id returning 1
         ) select count(*)::int as count from gone`,
});
const deleteOldVisitors = {
  text: `with gone as (
           delete from download_visitor where ctid = any(array(
             select ctid from download_visitor where day < (now() at time zone 'utc')::date - 2 limit $1))
           returning 1
         ) select count(*)::int as count from gone`,
};

const isRolledUp = (name: string) => ({
  text: `select coalesce(newest.committed_by < least(r.next_transaction, r.next_hour_transaction), true) as yes
         from download_rollup r
         left join lateral (select committed_by from ${name} order by committed_by desc limit 1) newest on true`,
});

/** The months that single downloads are kept in. Nothing here makes a download wait for longer than a moment. */
@Injectable()
export class RetentionRepository {
  constructor(
    private readonly database: Database,
    private readonly lock: RollUpLock,
  ) {}

  /** This month and the next. */
  upcoming(): Promise<Month[]> {
    return this.database.query<Month>(upcomingMonths);
  }

  /** Makes the partition of a month that has none, with what came for the month before. */
  createPartition(target: Month): Promise<StepOutcome> {
    return this.step((query) => createPartition(query, target));
  }

  /** Names of the partitions that ended so many months before this one, oldest first. */
  async expired(months: number): Promise<string[]> {
    return (await this.database.query<{ name: string }>(expiredPartitions, [months])).map(({ name }) => name);
  }

  /** Drops a partition if all of it is in the sums. */
  dropPartition(name: string): Promise<StepOutcome> {
    return this.step((query) => dropPartition(query, name));
  }

  /** Names of the partitions that hold younger downloads too: the one for strays, and the first of an older database. */
  async partlyExpired(months: number): Promise<string[]> {
    const found = await this.database.query<{ name: string }>(partlyExpiredPartitions, [months]);
    return [defaultPartition, ...found.map(({ name }) => name)];
  }

  /** Deletes old downloads from a partition, a few at once, that are in the sums. */
  deleteExpiredRows(name: string, months: number): Promise<StepOutcome> {
    return this.step((query) => deleteSome(query, deleteExpiredRows(name), [months, maxDeletedRows]));
  }

  /** Drops who visited on days that are over, some at once: their sums stay. */
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
  const [counted] = await query<{ strays: number }>(countDefaultRows, [low, high, maxMovedRows + 1]);
  if (counted && counted.strays > maxMovedRows) return 'nothing';
  await query({ text: `create table ${name} (like download including all)` });
  await query(moveToPartition(name), [low, high]);
  await query({ text: `alter table download attach partition ${name} for values from ('${low}') to ('${high}')` });
  return 'done';
}

async function dropPartition(query: BackgroundQuery, name: string): Promise<StepOutcome> {
  await query(shortLockTimeout);
  // Nothing can come any more, and nothing is on its way.
  await query({ text: 'lock table only download in access exclusive mode' });
  const [counted] = await query<{ yes: boolean }>(isRolledUp(name));
  if (!counted?.yes) return 'later';
  await query({ text: `drop table ${name}` });
  return 'done';
}

async function deleteSome(
  query: BackgroundQuery,
  text: { text: string },
  values: readonly number[],
): Promise<StepOutcome> {
  const [deleted] = await query<{ count: number }>(text, values);
  return deleted?.count === values.at(-1) ? 'later' : 'done';
}

function isLockConflict(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].some((state) => state === lockNotAvailable || state === deadlockDetected);
}
