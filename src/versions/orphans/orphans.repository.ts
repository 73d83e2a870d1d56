import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { currentToken } from '../reservations/bucket-fence.repository.js';

/** What this database knows of an object by its key. */
export interface KeyRecord {
  readonly key: string;
  /** A version has its bytes there. */
  readonly isNamed: boolean;
  /** Null if no reservation is for this key. */
  readonly id: string | null;
  readonly predecessors: readonly string[];
  readonly unproven: readonly string[];
  /** By a process that runs. */
  readonly isHeld: boolean;
  /** A server may remove what the reservation left. */
  readonly isProven: boolean;
}

// Asked in one snapshot: a version takes the place of its reservation in one transaction.
const records = {
  name: 'records-of-objects',
  text: `select k.key, exists (select from version v where v.object_key = k.key) as "isNamed", r.id,
           coalesce(r.predecessors, '{}') as predecessors, coalesce(r.unproven, '{}') as unproven,
           r.id is not null and not pg_try_advisory_xact_lock_shared(r.holder) as "isHeld",
           coalesce(r.fence = ${currentToken}, false) as "isProven"
         from unnest($1::text[]) with ordinality k (key, n) left join version_reservation r on r.object_key = k.key
         order by n`,
};
const forget = {
  name: 'forget-reservation-of-object',
  text: 'delete from version_reservation where object_key = $1 and pg_try_advisory_xact_lock_shared(holder)',
};

@Injectable()
export class OrphansRepository {
  constructor(private readonly database: Database) {}

  /** In the order of the keys. */
  async records(keys: readonly string[]): Promise<KeyRecord[]> {
    return this.database.query<KeyRecord>(records, [keys]);
  }

  /** Drops a dead reservation of the key, whose object is gone. */
  async forget(key: string): Promise<void> {
    await this.database.query(forget, [key]);
  }
}
