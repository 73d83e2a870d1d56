import { prepared } from '../../../database/prepared-statements.js';

// The database and the start of its PostgreSQL server: a restored dump is another database, a promoted standby, a
// recovery and a copy of files are another server. A restart of PostgreSQL looks like the last of them.
const databaseId = `(select oid::text from pg_database where datname = current_database())`;
const instance = `${databaseId} || '@' || extract(epoch from pg_postmaster_start_time())`;
// Restoring a dump into its own database writes all rows in new transactions.
const isAsWritten = `f.xmin::text::numeric = mod(f.written_by::text::numeric, 4294967296)`;
const isOriginal = `f.instance = ${instance} and ${isAsWritten}`;

/** The token of valid reservations; null in a copy of the database without its own token. */
export const currentToken = `(select f.token from bucket_fence f where ${isOriginal})`;

// By hand: compares the row with the transaction that wrote it and with the start of the server.
export const findFence = prepared(
  'bucket-fence',
  `select token, number::float8 from bucket_fence f where ${isOriginal}`,
);

// By hand: compares the row with the transaction that wrote it and with the start of the server.
export const lockFence = prepared(
  'lock-bucket-fence',
  `select ${isOriginal} as "isOriginal",
     instance <> '' and not (split_part(instance, '@', 1) = ${databaseId} and ${isAsWritten}) as "isRestored"
   from bucket_fence f for update`,
);

// By hand: writes the id of the transaction and the start of the server into the row.
export const renewFence = prepared(
  'renew-bucket-fence',
  `update bucket_fence set token = gen_random_uuid(), number = null, instance = ${instance},
     written_by = pg_current_xact_id() returning token, number::float8`,
);

// By hand: writes the id of the transaction into the row, if it is the row of this database.
export const replaceFence = prepared(
  'replace-bucket-fence',
  `update bucket_fence f set token = gen_random_uuid(), number = null, written_by = pg_current_xact_id()
   where token = $1 and ${isOriginal}`,
);

// By hand: writes the id of the transaction into the row, if it is the row of this database.
export const recordFence = prepared(
  'record-bucket-fence',
  `update bucket_fence f set number = $2, written_by = pg_current_xact_id()
   where token = $1 and coalesce(number, 0) < $2 and ${isOriginal}`,
);

// By hand: tries the advisory locks of the holders. Numbers of these reservations may have been published since the
// dump, where this database cannot see it.
export const deleteRestoredReservations = prepared(
  'forget-restored-reservations',
  `delete from version_reservation
   where fence is distinct from $1::uuid and (holder = 0 or pg_try_advisory_xact_lock_shared(holder))`,
);
