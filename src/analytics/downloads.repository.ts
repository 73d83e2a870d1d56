import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

export interface DownloadRecord {
  readonly id: string;
  readonly at: Date;
  readonly versionId: string;
  readonly promptId: string;
  /** 16 bytes that stand for who it was. */
  readonly visitor: Buffer;
}

/** Days in UTC, both included, as YYYY-MM-DD. */
export interface Period {
  readonly from: string;
  readonly to: string;
  readonly interval: 'day' | 'week' | 'month';
}

export interface PeriodCount {
  /** First day of the period. */
  readonly period: string;
  readonly downloads: number;
  /** Visitors, each counted once a day. */
  readonly unique: number;
}

// Written by hand: the hottest write of the product, one statement for a whole batch.
const insert = {
  name: 'record-downloads',
  text: `insert into download (id, at, version_id, prompt_id, visitor)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::bytea[])`,
};
// Rows that the roll-up has counted already are counted out again, in the same statement.
const retract = {
  name: 'retract-downloads',
  text: `with gone as (
           delete from download d using unnest($1::uuid[], $2::timestamptz[]) as r (id, at)
           where d.at = r.at and d.id = r.id
           returning d.prompt_id, d.version_id, (d.at at time zone 'utc')::date as day, d.committed_by
         ), counted as (
           select prompt_id, version_id, day from gone, download_rollup r where committed_by < r.next_transaction
         ), days as (
           update download_day t set downloads = t.downloads - c.n
           from (select scope_id, day, count(*) as n from (
                   select prompt_id as scope_id, day from counted union all select version_id, day from counted) s
                 group by scope_id, day) c
           where t.scope_id = c.scope_id and t.day = c.day
         )
         update prompt p set download_count = p.download_count - c.n
         from (select prompt_id, count(*) as n from counted group by prompt_id) c where p.id = c.prompt_id`,
};

// Keeps an idle server from writing a row every second.
const anythingNew = {
  name: 'downloads-to-roll-up',
  text: `select exists (select from download d, download_rollup r where d.committed_by >= r.next_transaction) as yes`,
};
const series = {
  name: 'download-series',
  text: `select date_trunc($4, day)::date::text as period, sum(downloads)::text as downloads, sum(visitors)::text as visitors
         from download_day where scope_id = $1 and day between $2::date and $3::date group by 1 order by 1`,
};
const forgetVisitors = {
  name: 'forget-visitors',
  text: `delete from download_visitor where day < (now() at time zone 'utc')::date - 2`,
};

const rollUpLock = 7_305_809;
const takeLock = { text: 'select pg_advisory_xact_lock($1)' };
const tryLock = { text: 'select pg_try_advisory_xact_lock($1) as mine' };
// Takes the downloads whose transactions lie within the bounds, and adds them to the sums.
const addToSums = (bounds: string) => ({
  text: `with bounds as (
           ${bounds}
         ), taken as (
           select d.prompt_id, d.version_id, d.visitor, (d.at at time zone 'utc')::date as day
           from bounds b, download d where d.committed_by >= b.low and d.committed_by < b.high
         ), scoped as (
           select prompt_id as scope_id, day, visitor from taken union all select version_id, day, visitor from taken
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
         )
         update prompt p set download_count = p.download_count + c.n
         from (select prompt_id, count(*) as n from taken group by prompt_id order by prompt_id) c
         where p.id = c.prompt_id`,
});

// Every committed download below the oldest open transaction, once: what is above is taken by a later run.
const rollUp = addToSums(`
  update download_rollup r set next_transaction = pg_snapshot_xmin(pg_current_snapshot())
  from download_rollup old
  where r.id = old.id and pg_snapshot_xmin(pg_current_snapshot()) > old.next_transaction
  returning old.next_transaction as low, r.next_transaction as high`);

// A database that was restored into a fresh cluster remembers transactions that are yet to come there.
const isFromAnotherCluster = {
  text: 'select next_transaction > pg_snapshot_xmax(pg_current_snapshot()) as yes from download_rollup',
};
const rollUpTheRest = addToSums(
  `select next_transaction as low, '18446744073709551615'::xid8 as high from download_rollup`,
);
const forgetTransactions = { text: `update download set committed_by = '0'` };
const beginAnew = { text: 'update download_rollup set next_transaction = pg_snapshot_xmin(pg_current_snapshot())' };

/** Downloads as they are recorded, and their sums. */
@Injectable()
export class DownloadsRepository {
  constructor(private readonly database: Database) {}

  async insert(records: readonly DownloadRecord[]): Promise<void> {
    await this.database.query(insert, [
      records.map(({ id }) => id),
      records.map(({ at }) => at.toISOString()),
      records.map(({ versionId }) => versionId),
      records.map(({ promptId }) => promptId),
      records.map(({ visitor }) => visitor),
    ]);
  }

  /** Takes records back as if they had never been made; those that are not there are none of its concern. */
  async retract(records: readonly DownloadRecord[]): Promise<void> {
    const values = [records.map(({ id }) => id), records.map(({ at }) => at.toISOString())];
    await this.database.background(async (query) => {
      // A roll-up that has counted a record without having committed yet would make it look uncounted.
      await query(takeLock, [rollUpLock]);
      await query(retract, values);
    });
  }

  /** Adds what has been recorded since the last time to the sums; leaves it to another process that is at it. */
  async rollUp(): Promise<void> {
    const [news] = await this.database.query<{ yes: boolean }>(anythingNew);
    if (!news?.yes) return;
    await this.database.background(async (query) => {
      const [lock] = await query<{ mine: boolean }>(tryLock, [rollUpLock]);
      if (lock?.mine) await query(rollUp);
    });
  }

  /** Makes the sums go on after a restore into another cluster. To be called before downloads are recorded there. */
  async settleIn(): Promise<void> {
    await this.database.background(async (query) => {
      await query(takeLock, [rollUpLock]);
      const [restored] = await query<{ yes: boolean }>(isFromAnotherCluster);
      if (!restored?.yes) return;
      await query(rollUpTheRest);
      await query(forgetTransactions);
      await query(beginAnew);
    });
  }

  /** Drops who visited on days that are over: their sums stay. */
  async forgetVisitors(): Promise<void> {
    await this.database.background(async (query) => {
      await query(forgetVisitors);
    });
  }

  /** Sums per period of one prompt or one version (`scopeId`), oldest first; periods without downloads are left out. */
  async series(scopeId: string, { from, to, interval }: Period): Promise<PeriodCount[]> {
    type Row = { period: string; downloads: string; visitors: string };
    const rows = await this.database.query<Row>(series, [scopeId, from, to, interval]);
    return rows.map(({ period, downloads, visitors }) => {
      return { period, downloads: Number(downloads), unique: Number(visitors) };
    });
  }
}
