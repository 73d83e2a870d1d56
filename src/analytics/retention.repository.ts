import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type BackgroundQuery, RollUpTurn } from './roll-up-turn.js';

/** What became of a step that lets others go first; `later` means that it is worth trying again at once. */
export type Outcome = 'done' | 'nothing' | 'later';

/** More than this many would keep the partition for strays locked for too long; there they are counted as well. */
const mostMoved = 10_000;
const mostDeleted = 10_000;
const mostForgotten = 100_000;

// Whoever records a download queues behind a lock that is waited for, so that it is given up quickly.
const hurry = { text: `set local lock_timeout = '100ms'` };
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
const covering = {
  text: `select name from (${partitions}) p where coalesce(low, '-infinity') < $2::timestamptz and high > $1::timestamptz`,
};
/** Downloads from before are only needed for their sums. */
const keptFrom = `(date_trunc('month', now() at time zone 'utc') - make_interval(months => $1)) at time zone 'utc'`;
const expired = { text: `select name from (${partitions}) p where high <= ${keptFrom} order by high` };
// Of a database that is older than its months: what was there then is the first partition, with many months in one.
const partlyExpired = {
  text: `select name from (${partitions}) p where coalesce(low, '-infinity') < ${keptFrom} and high > ${keptFrom}`,
};

const strays = 'download_default';
const lockStrays = { text: `lock table ${strays} in access exclusive mode` };
const countStrays = {
  text: `select count(*)::int as strays from (
           select from ${strays} where at >= $1::timestamptz and at < $2::timestamptz limit $3) s`,
};
const moveStrays = (name: string) => ({
  text: `with moved as (
           delete from ${strays} where at >= $1::timestamptz and at < $2::timestamptz returning *
         ) insert into ${name} select * from moved`,
});
const deleteOld = (name: string) => ({
  text: `with gone as (
           delete from ${name} d using (
             select s.at, s.id from ${name} s, download_rollup r
             where s.at < ${keptFrom} and s.committed_by < least(r.next_transaction, r.next_hour_transaction)
             limit $2
           ) old where d.at = old.at and d.id = old.id returning 1
         ) select count(*)::int as count from gone`,
});
const forgetVisitors = {
  text: `with gone as (
           delete from download_visitor where ctid = any(array(
             select ctid from download_visitor where day < (now() at time zone 'utc')::date - 2 limit $1))
           returning 1
         ) select count(*)::int as count from gone`,
};

const isCounted = (name: string) => ({
  text: `select coalesce(newest.committed_by < least(r.next_transaction, r.next_hour_transaction), true) as yes
         from download_rollup r
         left join lateral (select committed_by from ${name} order by committed_by desc limit 1) newest on true`,
});

/** The months that single downloads are kept in. Nothing here makes a download wait for longer than a moment. */
@Injectable()
export class RetentionRepository {
  constructor(
    private readonly database: Database,
    private readonly turn: RollUpTurn,
  ) {}

  /** This month and the next. */
  upcoming(): Promise<Month[]> {
    return this.database.query<Month>(upcomingMonths);
  }

  /** Makes the partition of a month that has none, with what came for the month before. */
  make(month_: Month): Promise<Outcome> {
    return this.step((query) => makePartition(query, month_));
  }

  /** Names of the partitions that ended so many months before this one, oldest first. */
  async expired(months: number): Promise<string[]> {
    return (await this.database.query<{ name: string }>(expired, [months])).map(({ name }) => name);
  }

  /** Drops a partition if all of it is in the sums. */
  drop(name: string): Promise<Outcome> {
    return this.step((query) => dropPartition(query, name));
  }

  /** Names of the partitions that hold younger downloads too: the one for strays, and the first of an older database. */
  async partlyExpired(months: number): Promise<string[]> {
    const found = await this.database.query<{ name: string }>(partlyExpired, [months]);
    return [strays, ...found.map(({ name }) => name)];
  }

  /** Deletes old downloads from a partition, a few at once, that are in the sums. */
  deleteOld(name: string, months: number): Promise<Outcome> {
    return this.step((query) => deleteSome(query, deleteOld(name), [months, mostDeleted]));
  }

  /** Drops who visited on days that are over, some at once: their sums stay. */
  forgetVisitors(): Promise<Outcome> {
    return this.step((query) => deleteSome(query, forgetVisitors, [mostForgotten]));
  }

  private async step(work: (query: BackgroundQuery) => Promise<Outcome>): Promise<Outcome> {
    try {
      return (await this.turn.take(work)) ?? 'later';
    } catch (error) {
      if (wasInTheWay(error)) return 'later';
      throw error;
    }
  }
}

async function makePartition(query: BackgroundQuery, { name, low, high }: Month): Promise<Outcome> {
  const present = await query(covering, [low, high]);
  if (present.length > 0) return 'nothing';
  await query(hurry);
  await query(lockStrays);
  const [found] = await query<{ strays: number }>(countStrays, [low, high, mostMoved + 1]);
  if (found && found.strays > mostMoved) return 'nothing';
  await query({ text: `create table ${name} (like download including all)` });
  await query(moveStrays(name), [low, high]);
  await query({ text: `alter table download attach partition ${name} for values from ('${low}') to ('${high}')` });
  return 'done';
}

async function dropPartition(query: BackgroundQuery, name: string): Promise<Outcome> {
  await query(hurry);
  // Nothing can come any more, and nothing is on its way.
  await query({ text: 'lock table only download in access exclusive mode' });
  const [counted] = await query<{ yes: boolean }>(isCounted(name));
  if (!counted?.yes) return 'later';
  await query({ text: `drop table ${name}` });
  return 'done';
}

async function deleteSome(query: BackgroundQuery, text: { text: string }, values: readonly number[]): Promise<Outcome> {
  const [deleted] = await query<{ count: number }>(text, values);
  return deleted?.count === values.at(-1) ? 'later' : 'done';
}

function wasInTheWay(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].some((state) => state === lockNotAvailable || state === deadlockDetected);
}
