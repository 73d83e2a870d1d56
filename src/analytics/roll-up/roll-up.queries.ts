// The oldest transaction that is open in this database; those of its neighbours in the cluster, which snapshots know too,
// record no download here. What is not known to be theirs counts as ours.
const oldestTransaction = `
  select coalesce(min(open), pg_snapshot_xmax(pg_current_snapshot())) as xid
  from pg_snapshot_xip(pg_current_snapshot()) open
  where not exists (select from pg_stat_activity
                    where datname <> current_database() and backend_xid = open::xid)`;

// By hand: asks PostgreSQL which transactions are open. Every committed download below the oldest open one is visible,
// and no further ones can appear there. A later run counts those above. `shift` is the offset after a restore into
// another cluster, see `restartCounting`.
export const batchBounds = `
  select r.next_transaction::text as "dayLow", r.next_hour_transaction::text as "hourLow",
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
  ) next on true`;

// By hand: downloads by their transaction. Days whose visitors may be deleted already: with a day to spare, since midnight
// may pass meanwhile.
export const lateDays = `
  select distinct (at at time zone 'utc')::date::text as day from download
  where committed_by >= $1::xid8 and committed_by < $2::xid8
    and at < ((now() at time zone 'utc')::date - 1)::timestamp at time zone 'utc'`;

// By hand: writes what it reads, with `on conflict`.
export const restoreVisitors = `
  with late as (
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
  on conflict do nothing`;

// By hand: adds a batch to all sums in one statement, in one snapshot.
export const addToSums = `
  with taken as (
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
  where p.id = c.prompt_id`;

// By hand: compares transactions, which only move on.
export const advancePosition = `
  update download_rollup set next_transaction = greatest(next_transaction, $1::xid8),
    next_hour_transaction = greatest(next_hour_transaction, $1::xid8)`;

// By hand: asks PostgreSQL for its next transaction. A database that was restored into a new cluster contains
// transaction numbers that are still to come there.
export const isRestoredFromElsewhere = `
  select next_transaction::text::numeric > pg_snapshot_xmax(pg_current_snapshot())::text::numeric + shift as yes
  from download_rollup`;

// By hand: computes with transactions.
export const highestTransaction = `
  select (greatest(r.next_transaction, r.next_hour_transaction, d.committed_by)::text::numeric + 1)::text as top
  from download_rollup r
  left join lateral (select committed_by from download order by committed_by desc limit 1) d on true`;

// By hand: computes with transactions. Later transactions are shifted so far that no number occurs twice. No recorded
// row has to change.
export const shiftTransactions = `
  update download_rollup set next_transaction = $1::xid8, next_hour_transaction = $1::xid8,
    shift = ($1::xid8::text::numeric - pg_snapshot_xmin(pg_current_snapshot())::text::numeric)::bigint
  returning shift::text as shift`;

// By hand: the definition of a column.
export const setTransactionDefault = (shift: bigint) => `
  alter table download alter column committed_by
  set default (pg_current_xact_id()::text::numeric + ${shift})::text::xid8`;

// By hand: an advisory lock.
export const waitForLock = 'select pg_advisory_xact_lock($1)';

// By hand: an advisory lock.
export const tryLock = 'select pg_try_advisory_xact_lock($1) as mine';

// By hand: a setting of the transaction. PostgreSQL's statistics of a table that grows every second are always old, and
// none of these statements needs a sequential scan.
export const disableSequentialScan = 'set local enable_seqscan = off';
