// The PostgreSQL cluster and the database in it: both are the same on the primary and on its streaming replicas.
const databaseId = `(select system_identifier::text from pg_control_system()) || '/' ||
  (select oid::text from pg_database where datname = current_database())`;

// By hand: reads the position of the write-ahead log. What is acknowledged is flushed, and replicas receive no more.
export const primaryState = `
  select ${databaseId} as "database", pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::text as position,
    ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::int as timeline`;

// By hand: reads the position of the replay. The timeline that is received is visible to members of pg_read_all_stats
// only, the other one to all, but it is as old as the last checkpoint that was replayed.
export const replicaState = `
  select pg_is_in_recovery() as "isStandby", ${databaseId} as "database",
    pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::text as position,
    (select received_tli from pg_stat_wal_receiver) as "receivedTimeline",
    (select timeline_id from pg_control_checkpoint()) as "replayedTimeline"`;

// By hand: reads what the ORM's migrator has recorded, on a connection that is not the ORM's. The names are not in order.
export const newestMigration = 'select max(id) as id from migration';

// By hand: asks the server itself, on a connection that is not the ORM's yet.
export const isStandby = 'select pg_is_in_recovery() as "isStandby"';
