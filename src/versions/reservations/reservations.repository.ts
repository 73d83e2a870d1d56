import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database } from '../../database/database.js';

/** What is to be reserved: one version of one prompt, and the key that its object will have. */
export interface Claim {
  readonly promptId: string;
  readonly version: string;
  readonly objectKey: string;
}

/** A version number that is somebody's until they finish or die. Its id is written into the object's metadata. */
export interface Reservation {
  readonly id: string;
  readonly objectKey: string;
  /** Reservations of dead holders that this one took over: what they may have left under the key is rubbish. */
  readonly predecessors: readonly string[];
}

interface ReservationRow {
  id: string;
  object_key: string;
  predecessors: string[];
}

const insert = {
  name: 'reserve',
  text: `insert into version_reservation (id, prompt_id, version, object_key, holder)
         values ($1, $2, $3, $4, $5) on conflict do nothing returning id, object_key, predecessors`,
};
// A holder whose advisory lock can be had is dead: PostgreSQL dropped the lock together with its connection.
const takeOver = {
  name: 'take-over-reservation',
  text: `update version_reservation set id = $1, prompt_id = $2, version = $3, holder = $5,
                predecessors = predecessors || id, created_at = now()
         where object_key = $4 and pg_try_advisory_xact_lock_shared(holder)
         returning id, object_key, predecessors`,
};
const takeOverDead = {
  name: 'take-over-dead-reservations',
  text: `update version_reservation set id = gen_random_uuid(), holder = $1, predecessors = predecessors || id
         where id in (select id from version_reservation where pg_try_advisory_xact_lock_shared(holder)
                      order by created_at limit $2 for update skip locked)
         returning id, object_key, predecessors`,
};
const finish = {
  name: 'finish-reservation',
  text: 'delete from version_reservation where id = $1 and holder = $2 returning id',
};
const lockMine = {
  name: 'lock-reservation',
  text: 'select id from version_reservation where id = $1 and holder = $2 for update',
};

@Injectable()
export class ReservationsRepository {
  constructor(private readonly database: Database) {}

  /** Reserves, or takes over what a dead process left; undefined while somebody alive holds it. */
  async claim(claim: Claim, holder: string): Promise<Reservation | undefined> {
    const values = [randomUUID(), claim.promptId, claim.version, claim.objectKey, holder];
    const [fresh] = await this.database.query<ReservationRow>(insert, values);
    const [row] = fresh ? [fresh] : await this.database.query<ReservationRow>(takeOver, values);
    return row && toReservation(row);
  }

  /** Takes over up to `limit` reservations of dead processes, oldest first. */
  async claimDead(holder: string, limit: number): Promise<Reservation[]> {
    const rows = await this.database.query<ReservationRow>(takeOverDead, [holder, limit]);
    return rows.map(toReservation);
  }

  /** Ends a reservation in the running transaction; false if it is not the holder's any more. */
  async finish({ id }: Reservation, holder: string): Promise<boolean> {
    return (await this.database.query(finish, [id, holder])).length > 0;
  }

  /** Keeps everybody else from taking a reservation over until the running transaction ends; false if it is not the holder's. */
  async lock({ id }: Reservation, holder: string): Promise<boolean> {
    return (await this.database.query(lockMine, [id, holder])).length > 0;
  }
}

function toReservation(row: ReservationRow): Reservation {
  return { id: row.id, objectKey: row.object_key, predecessors: row.predecessors };
}
