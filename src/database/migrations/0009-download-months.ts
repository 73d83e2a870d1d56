import { Migration } from '@mikro-orm/migrations';

/**
 * Single downloads go into one partition per month, so that old months can be dropped; sums by hour are added to those
 * by day. The existing table becomes the first partition: nothing is copied, and servers, also of the previous version,
 * record downloads meanwhile. Every step can be repeated if the migration is interrupted between two.
 */
export class DownloadMonths0009 extends Migration {
  /** The table is read once, under a lock that blocks no request; this requires a transaction of its own. */
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    for (const statement of [...hours, ...months, addUpperBound, validateUpperBound, attachAsPartition])
      this.addSql(statement);
  }
}

// Downloads that were counted before have no hours. `next_hour_transaction` is a separate cursor because servers of the
// previous version move only the other one. `shift` is for databases that were restored into another cluster.
const hours = [
  `create table if not exists download_hour (
     version_id uuid not null,
     hour timestamptz(0) not null,
     downloads bigint not null,
     primary key (version_id, hour)
   )`,
  `do $$ begin
     if not exists (select from pg_attribute
                    where attrelid = 'download_rollup'::regclass and attname = 'next_hour_transaction') then
       alter table download_rollup add column next_hour_transaction xid8, add column shift bigint not null default 0;
       update download_rollup set next_hour_transaction = next_transaction;
       alter table download_rollup alter column next_hour_transaction set not null;
     end if;
   end $$`,
];

// Rows without a partition for their month go to the default partition.
const months = [
  `do $$ begin
     if to_regclass('download_month') is null and to_regclass('download_default') is null then
       create table download_month (
         at timestamptz(3) not null,
         id uuid not null,
         prompt_id uuid not null,
         version_id uuid not null,
         visitor bytea not null,
         committed_by xid8 not null default pg_current_xact_id(),
         primary key (at, id)
       ) partition by range (at);
       create index download_month_committed_by_index on download_month (committed_by);
       create table download_default partition of download_month default;
     end if;
   end $$`,
];

// Takes the exclusive lock only when it is free, so that no statement queues behind it.
const withExclusiveLock = (work: string) => `
  do $$ declare
    last text; high timestamptz;
  begin
    if (select relkind from pg_class where oid = 'download'::regclass) = 'p' then return; end if;
    perform set_config('lock_timeout', '100ms', true);
    loop
      begin
        lock table download in access exclusive mode;
        exit;
      exception when lock_not_available then
        perform pg_sleep(0.2);
      end;
    end loop;
    ${work}
  end $$`;

const notCounted = `'18446744073709551615'::xid8`;

// The end of this month or the next: at least a week ahead, so that no clock of a running server passes it during the
// migration. Rows that a wrong clock put after it are moved away; those not counted yet are recorded again below.
const addUpperBound = withExclusiveLock(`
    if exists (select from pg_constraint where conname = 'download_at_check') then return; end if;
    high := (date_trunc('month', now() at time zone 'utc' + interval '7 days') + interval '1 month') at time zone 'utc';
    with stray as (delete from download where at >= high returning *)
      insert into download_month
      select at, stray.id, prompt_id, version_id, visitor,
        case when committed_by < next_transaction then committed_by else ${notCounted} end
      from stray, download_rollup;
    execute format('alter table download add constraint download_at_check check (at < %L) not valid', high);`);

const validateUpperBound = `
  do $$ begin
    if (select relkind from pg_class where oid = 'download'::regclass) = 'r' then
      alter table download validate constraint download_at_check;
    end if;
  end $$`;

// Because the constraint is valid, PostgreSQL does not scan the rows here; it reuses indexes that match.
const attachAsPartition = withExclusiveLock(`
    select (regexp_match(pg_get_constraintdef(oid), '''([^'']+)'''))[1]::timestamptz into high
      from pg_constraint where conname = 'download_at_check';
    update download_month set committed_by = pg_current_xact_id() where committed_by = ${notCounted};
    last := 'download_before_' || to_char(high at time zone 'utc', 'YYYY_MM');
    execute format('alter table download rename to %I', last);
    alter table download_month rename to download;
    execute format('alter table download attach partition %I for values from (minvalue) to (%L)', last, high);
    execute format('alter table %I drop constraint download_at_check', last);`);
