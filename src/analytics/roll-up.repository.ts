import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type BackgroundQuery, RollUpLock } from './roll-up-lock.js';

/** Transactions, as `committed_by` names them: what to count lies from `dayLow` or `hourLow` to below `high`. */
interface Bounds {
  readonly dayLow: string;
  readonly hourLow: string;
  readonly high: string;
  readonly isLast: boolean;
}

/** Downloads that one transaction counts: it holds the rows of their prompts for well under a second. */
const maxBatchSize = 10_000;

// Keeps an idle server from opening a transaction every second.
const pendingDownloads = {
  name: 'downloads-to-roll-up',
  text: `select 1 as found from download
         where committed_by >= (select least(next_transaction, next_hour_transaction) from download_rollup)
         order by committed_by limit 1`,
};

// The oldest transaction that is open in this database; those of its neighbours in the cluster, which snapshots know too,
// record no download here. What is not known to be theirs counts as ours.
const oldestTransaction = `
  select coalesce(min(open), pg_snapshot_xmax(pg_current_snapshot())) as xid
  from pg_snapshot_xip(pg_current_snapshot()) open
  where not exists (select from pg_stat_activity
                    where datname <> current_database() and backend_xid = open::xid)`;

// Every committed download below the oldest open transaction is visible, and nothing can join it any more. What is
// above is taken by a later run. `shift` is what a restore into another cluster added, see `restartCounting`.
const batchBounds = {
  text: `select r.next_transaction::text as "dayLow", r.next_hour_transaction::text as "hourLow",
           greatest(low, coalesce(next.committed_by, top))::text as high, next.committed_by is null as "isLast"
         from download_rollup r
         cross join lateral (
           select least(next_transaction, next_hour_transaction) as low,
             coalesce($2::xid8, (oldest.xid::text::numeric + shift)::text::xid8) as top
           from (${oldestTransaction}) oldest
         ) b
         left join lateral (
           select greatest(d.committed_by, (low::text::numeric + 1)::text::xid8) as committed_by from download d
           where d.committed_by >= low and d.committed_by < top order by d.committed_by offset $1 limit 1
         ) next on true`,
};

// Days whose visitors may be forgotten already: with a day to spare, since midnight may pass meanwhile.
const lateDays = {
  text: `select distinct (at at time zone 'utc')::date::text as day from download
         where committed_by >= $1::xid8 and committed_by < $2::xid8
           and at < ((now() at time zone 'utc')::date - 1)::timestamp at time zone 'utc'`,
};
const restoreVisitors = {
  text: `with late as (
           select prompt_id, version_id from download
           where committed_by >= $1::xid8 and committed_by < $2::xid8 and (at at time zone 'utc')::date = $3::date
         )
         insert into download_visitor (scope_id, day, visitor)
         select distinct s.scope_id, $3::date, d.visitor
         from download d cross join lateral (values (d.prompt_id), (d.version_id)) s (scope_id)
         where d.at >= $3::date::timestamp at time zone 'utc' and d.at < ($3::date + 1)::timestamp at time zone 'utc'
           and d.committed_by < $1::xid8
           and s.scope_id in (select prompt_id from late union select version_id from late)
         order by 1, 3
         on conflict do nothing`,
};

const addToSums = {
  text: `with taken as (
           select prompt_id, version_id, visitor, at, committed_by from download
           where committed_by >= least($1::xid8, $2::xid8) and committed_by < $3::xid8
         ), scoped as (
           select s.scope_id, (at at time zone 'utc')::date as day, visitor
           from taken cross join lateral (values (prompt_id), (version_id)) s (scope_id)
           where committed_by >= $1::xid8
         ), new_visitors as (
           insert into download_visitor (scope_id, day, visitor)
           select distinct scope_id, day, visitor from scoped order by 1, 2, 3
           on conflict do nothing returning scope_id, day
         ), day_counts as (
           select scope_id, day, count(*) as downloads from scoped group by scope_id, day
         ), visitor_counts as (
           select scope_id, day, count(*) as visitors from new_visitors group by scope_id, day
         ), days as (
           insert into download_day as t (scope_id, day, downloads, visitors)
           select d.scope_id, d.day, d.downloads, coalesce(v.visitors, 0)
           from day_counts d left join visitor_counts v on v.scope_id = d.scope_id and v.day = d.day
           order by 1, 2
           on conflict (scope_id, day) do update
             set downloads = t.downloads + excluded.downloads, visitors = t.visitors + excluded.visitors
         ), hours as (
           insert into download_hour as t (version_id, hour, downloads)
           select version_id, date_trunc('hour', at, 'utc') as hour, count(*) from taken
           where committed_by >= $2::xid8 group by 1, 2 order by 1, 2
           on conflict (version_id, hour) do update set downloads = t.downloads + excluded.downloads
         )
         update prompt p set download_count = p.download_count + c.n
         from (
           select prompt_id, count(*) as n from taken where committed_by >= $1::xid8 group by prompt_id order by prompt_id
         ) c
         where p.id = c.prompt_id`,
};
const advancePosition = {
  text: `update download_rollup set next_transaction = greatest(next_transaction, $1::xid8),
           next_hour_transaction = greatest(next_hour_transaction, $1::xid8)`,
};

// A database that was restored into a fresh cluster remembers transactions that are yet to come there.
const isRestoredFromElsewhere = {
  text: `select next_transaction::text::numeric > pg_snapshot_xmax(pg_current_snapshot())::text::numeric + shift as yes
         from download_rollup`,
};
const highestTransaction = {
  text: `select (greatest(r.next_transaction, r.next_hour_transaction, d.committed_by)::text::numeric + 1)::text as top
         from download_rollup r
         left join lateral (select committed_by from download order by committed_by desc limit 1) d on true`,
};
// From here on transactions count as so much later that none comes a second time; no recorded row has to change.
const shiftTransactions = {
  text: `update download_rollup set next_transaction = $1::xid8, next_hour_transaction = $1::xid8,
           shift = ($1::xid8::text::numeric - pg_snapshot_xmin(pg_current_snapshot())::text::numeric)::bigint
         returning shift::text as shift`,
};
const setTransactionDefault = (shift: bigint) => ({
  text: `alter table download alter column committed_by
         set default (pg_current_xact_id()::text::numeric + ${shift})::text::xid8`,
});

/** Counts each recorded download exactly once into the sums by hour and day and into its prompt's count. */
@Injectable()
export class RollUpRepository {
  constructor(
    private readonly database: Database,
    private readonly lock: RollUpLock,
  ) {}

  /**
   * Adds one batch of what has been recorded since the last time to the sums; leaves it to another process that is
   * at it. Answers whether there is more.
   */
  async rollUp(): Promise<boolean> {
    const pending = await this.database.query(pendingDownloads);
    if (pending.length === 0) return false;
    return (await this.lock.tryRun((query) => countBatch(query))) ?? false;
  }

  /** Makes the sums go on after a restore into another cluster. To be called before downloads are recorded there. */
  async adaptToCluster(): Promise<void> {
    while (await this.adaptBatch());
  }

  /** Answers whether there may be more to do. */
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

/** Counts what lies below `top`, else below the oldest open transaction. Answers whether there is more. */
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
