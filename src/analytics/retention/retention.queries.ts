/** Where downloads go whose month has no partition. */
export const defaultPartition = 'download_default';

const month = (offset: number) => `date_trunc('month', now() at time zone 'utc') + interval '${offset} months'`;
/** Older downloads are only needed for their sums. */
const retentionStart = `(date_trunc('month', now() at time zone 'utc') - make_interval(months => $1)) at time zone 'utc'`;

const partitions = `
  select quote_ident(c.relname) as name,
    (regexp_match(bound, 'FROM \\(''([^'']+)''\\)'))[1]::timestamptz as low,
    (regexp_match(bound, 'TO \\(''([^'']+)''\\)'))[1]::timestamptz as high
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  cross join lateral pg_get_expr(c.relpartbound, c.oid) bound
  where i.inhparent = 'download'::regclass and bound <> 'DEFAULT'`;

// By hand: the months are those of the database's clock.
export const upcomingMonths = `
  select 'download_' || to_char(start, 'YYYY_MM') as name, (start at time zone 'utc')::text as low,
    ((start + interval '1 month') at time zone 'utc')::text as high
  from (values (${month(0)}), (${month(1)})) m (start)`;

// By hand: reads the partitions from PostgreSQL's catalogue.
export const coveringPartition = `
  select name from (${partitions}) p where coalesce(low, '-infinity') < $2::timestamptz and high > $1::timestamptz`;

// By hand: reads the partitions from PostgreSQL's catalogue.
export const expiredPartitions = `select name from (${partitions}) p where high <= ${retentionStart} order by high`;

// By hand: reads the partitions from PostgreSQL's catalogue. In a database that is older than the partitions, the first
// partition contains many months.
export const partlyExpiredPartitions = `
  select name from (${partitions}) p
  where coalesce(low, '-infinity') < ${retentionStart} and high > ${retentionStart}`;

// By hand: a setting of the transaction. A request that records a download queues behind a lock that is waited for, so
// that the wait is given up quickly.
export const shortLockTimeout = `set local lock_timeout = '100ms'`;

// By hand: a lock on a table.
export const lockDefaultPartition = `lock table ${defaultPartition} in access exclusive mode`;

// By hand: a lock on a table. Once it is held, no transaction is writing to the table or can start to.
export const lockParentTable = 'lock table only download in access exclusive mode';

// By hand: reads one partition of the table, with a limit.
export const countDefaultRows = `
  select count(*)::int as misplaced from (
    select from ${defaultPartition} where at >= $1::timestamptz and at < $2::timestamptz limit $3) s`;

// By hand: the definition of a table.
export const createPartitionTable = (name: string) => `create table ${name} (like download including all)`;

// By hand: the definition of a table. PostgreSQL takes no parameters there; both bounds come from `upcomingMonths`.
export const attachPartition = (name: string, low: string, high: string) =>
  `alter table download attach partition ${name} for values from ('${low}') to ('${high}')`;

// By hand: moves rows between tables in one statement.
export const moveToPartition = (name: string) => `
  with moved as (
    delete from ${defaultPartition} where at >= $1::timestamptz and at < $2::timestamptz returning *
  ) insert into ${name} select * from moved`;

// By hand: the definition of a table.
export const dropPartitionTable = (name: string) => `drop table ${name}`;

// By hand: deletes a limited number of rows of one partition.
export const deleteExpiredRows = (name: string) => `
  with gone as (
    delete from ${name} d using (
      select s.at, s.id from ${name} s, download_rollup r
      where s.at < ${retentionStart} and s.committed_by < least(r.next_transaction, r.next_hour_transaction)
      limit $2
    ) old where d.at = old.at and d.id = old.id returning 1
  ) select count(*)::int as count from gone`;

// By hand: deletes a limited number of rows by their place.
export const deleteOldVisitors = `
  with gone as (
    delete from download_visitor where ctid = any(array(
      select ctid from download_visitor where day < (now() at time zone 'utc')::date - 2 limit $1))
    returning 1
  ) select count(*)::int as count from gone`;

// By hand: compares one partition with the position of the roll-up.
export const isRolledUp = (name: string) => `
  select coalesce(newest.committed_by < least(r.next_transaction, r.next_hour_transaction), true) as yes
  from download_rollup r
  left join lateral (select committed_by from ${name} order by committed_by desc limit 1) newest on true`;
