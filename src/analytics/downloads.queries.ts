import { prepared } from '../database/prepared-statements.js';

// By hand: the hottest write of the product, one statement for a whole batch.
export const recordDownloads = prepared(
  'record-downloads',
  `insert into download (id, at, version_id, prompt_id, visitor)
   select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::bytea[])`,
);

/** A read looks at no more single downloads than this, however far the roll-up is behind. */
export const maxTailRows = 20_000;

// By hand: the sums by day, and the tail, which no roll-up has taken yet, by one snapshot. Of days before yesterday the
// visitors may be deleted, so that what is recorded for those late waits for the roll-up. The order by transaction keeps
// every plan on that index.
export const downloadSeries = prepared(
  'download-series',
  `with tail as (
   select (t.at at time zone 'utc')::date as day, t.visitor
   from (select at, prompt_id, version_id, visitor from download
         where committed_by >= (select next_transaction from download_rollup)
         order by committed_by limit ${maxTailRows}) t
   where t.prompt_id = $1 or t.version_id = $1
 ), counts as (
   select day, downloads, visitors from download_day where scope_id = $1 and day between $2::date and $3::date
   union all
   select t.day, count(*), count(distinct t.visitor) filter (where v.visitor is null)
   from tail t left join download_visitor v on v.scope_id = $1 and v.day = t.day and v.visitor = t.visitor
   where t.day between greatest($2::date, (now() at time zone 'utc')::date - 1) and $3::date
   group by t.day
 )
 select date_trunc($4, day)::date::text as period, sum(downloads)::text as downloads, sum(visitors)::text as visitors
 from counts group by 1 order by 1`,
);

// By hand: compares with the position of the roll-up, so that an idle server opens no transaction every second.
export const pendingDownloads = prepared(
  'downloads-to-roll-up',
  `select 1 as found from download
   where committed_by >= (select least(next_transaction, next_hour_transaction) from download_rollup)
   order by committed_by limit 1`,
);
