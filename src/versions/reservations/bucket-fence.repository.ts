import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** What shows in the bucket that it is this database's. */
export interface Fence {
  readonly token: string;
  /** Of the object in the bucket; null while there is none yet. */
  readonly number: number | null;
}

interface FenceRow {
  token: string;
  number: string | null;
}

// The database and the start of its PostgreSQL server: a restored dump is another database, a promoted standby, a
// recovery and a copy of files are another server. A restart of PostgreSQL cannot be told from the last of them.
const databaseId = `(select oid::text from pg_database where datname = current_database())`;
const instance = `${databaseId} || '@' || extract(epoch from pg_postmaster_start_time())`;
// A dump that is restored into its own database writes all rows in transactions of its own.
const isAsWritten = `f.xmin::text::numeric = mod(f.written_by::text::numeric, 4294967296)`;
const isOriginal = `f.instance = ${instance} and ${isAsWritten}`;

/** The token under which reservations count: null in a copy of the database that has not got its own yet. */
export const currentToken = `(select f.token from bucket_fence f where ${isOriginal})`;

const find = { name: 'bucket-fence', text: `select token, number from bucket_fence f where ${isOriginal}` };
const lock = {
  name: 'lock-bucket-fence',
  text: `select ${isOriginal} as "isOriginal",
           instance <> '' and not (split_part(instance, '@', 1) = ${databaseId} and ${isAsWritten}) as "isRestored"
         from bucket_fence f for update`,
};
const renew = {
  name: 'renew-bucket-fence',
  text: `update bucket_fence set token = gen_random_uuid(), number = null, instance = ${instance},
           written_by = pg_current_xact_id() returning token, number`,
};
const replace = {
  name: 'replace-bucket-fence',
  text: `update bucket_fence f set token = gen_random_uuid(), number = null, written_by = pg_current_xact_id()
         where token = $1 and ${isOriginal}`,
};
const record = {
  name: 'record-bucket-fence',
  text: `update bucket_fence f set number = $2, written_by = pg_current_xact_id()
         where token = $1 and coalesce(number, 0) < $2 and ${isOriginal}`,
};
// Their numbers may have been published since the dump, where this database cannot see it.
const deleteRestoredReservations = {
  name: 'forget-restored-reservations',
  text: `delete from version_reservation
         where fence is distinct from $1::uuid and (holder = 0 or pg_try_advisory_xact_lock_shared(holder))`,
};

/** The fence of this database, as long as it is the database that the fence was written for. */
@Injectable()
export class BucketFenceRepository {
  constructor(private readonly database: Database) {}

  /** This database's own fence; a copy gets a new one, and reservations that it brought along do not count any more. */
  async current(): Promise<Fence> {
    const [row] = await this.database.query<FenceRow>(find);
    return row ? toFence(row) : this.renew();
  }

  /** Gives the fence up for a new one, unless another process of this database has done so. */
  async replace({ token }: Fence): Promise<Fence> {
    await this.database.query(replace, [token]);
    return this.current();
  }

  /** Notes where in the bucket the fence stands. */
  async record({ token }: Fence, number: number): Promise<void> {
    await this.database.query(record, [token, number]);
  }

  private renew(): Promise<Fence> {
    return this.database.transaction(async () => {
      const [found] = await this.database.query<{ isOriginal: boolean; isRestored: boolean }>(lock);
      const [row] = await this.database.query<FenceRow>(found?.isOriginal ? find : renew);
      if (!row) throw new Error('the table bucket_fence has lost its row');
      if (found?.isRestored) await this.database.query(deleteRestoredReservations, [row.token]);
      return toFence(row);
    });
  }
}

function toFence({ token, number }: FenceRow): Fence {
  return { token, number: number === null ? null : Number(number) };
}
