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
export interface Reservation extends Claim {
  readonly id: string;
  /** Reservations of dead holders that this one took over: what they may have left under the key is rubbish. */
  readonly predecessors: readonly string[];
}

/** A reservation that is nobody's: kept only for what may lie, or still arrive, under its key. */
export interface ReleasedReservation extends Reservation {
  /** Long enough released that nothing can arrive any more. */
  readonly isQuiet: boolean;
}

interface ReservationRow {
  id: string;
  prompt_id: string;
  version: string;
  object_key: string;
  predecessors: string[];
}

const columns = 'id, prompt_id, version, object_key, predecessors';
/** Holder of what nobody holds: no process locks this key, so anybody can take such a reservation over at once. */
export const nobody = '0';

const insert = {
  name: 'reserve',
  text: `insert into version_reservation (id, prompt_id, version, object_key, holder)
         values ($1, $2, $3, $4, $5) on conflict do nothing returning ${columns}`,
};
// A holder whose advisory lock can be had is dead: PostgreSQL dropped the lock together with its connection.
const takeOver = {
  name: 'take-over-reservation',
  text: `update version_reservation set id = $1, prompt_id = $2, version = $3, holder = $5,
                predecessors = predecessors || id, created_at = now()
         where object_key = $4 and pg_try_advisory_xact_lock_shared(holder)
         returning ${columns}`,
};
const release = {
  name: 'release-reservation',
  text: `update version_reservation set holder = ${nobody}, created_at = now()
         where id = $1 and holder = $2 returning id`,
};
// For a process that lost its reservation while its bytes were on their way: they may arrive after everybody is done.
const remember = {
  name: 'remember-reservation',
  text: `insert into version_reservation (id, prompt_id, version, object_key, holder, predecessors)
         select $1, $2, $3, $4, ${nobody}, $5
         where not exists (select from version where object_key = $4) on conflict do nothing`,
};
const releaseDead = {
  name: 'release-dead-reservations',
  text: `update version_reservation set holder = ${nobody}, created_at = now()
         where id in (select id from version_reservation
                      where holder <> ${nobody} and pg_try_advisory_xact_lock_shared(holder) for update skip locked)`,
};
const released = {
  name: 'released-reservations',
  text: `select ${columns}, created_at < now() - interval '2 minutes' as is_quiet
         from version_reservation where holder = ${nobody} order by created_at limit $1`,
};
const postpone = {
  name: 'postpone-reservations',
  text: `update version_reservation set created_at = now() where holder = ${nobody}`,
};
const finish = {
  name: 'finish-reservation',
  text: 'delete from version_reservation where id = $1 and holder = $2 returning id',
};
// Whatever went wrong before: an object that a version names is never anybody's to delete.
const lockMine = {
  name: 'lock-reservation',
  text: `select id from version_reservation r where id = $1 and holder = $2
         and not exists (select from version v where v.object_key = r.object_key) for update`,
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

  /** Lets go of a reservation under whose key something may lie or still arrive: anybody can take it over at once. */
  async release(reservation: Reservation, holder: string): Promise<void> {
    const { id, promptId, version, objectKey, predecessors } = reservation;
    if ((await this.database.query(release, [id, holder])).length > 0) return;
    await this.database.query(remember, [id, promptId, version, objectKey, predecessors]);
  }

  /** Lets go of what dead processes hold. */
  async releaseDead(): Promise<void> {
    await this.database.query(releaseDead);
  }

  /** Up to `limit` of what nobody holds, longest released first. */
  async released(limit: number): Promise<ReleasedReservation[]> {
    const rows = await this.database.query<ReservationRow & { is_quiet: boolean }>(released, [limit]);
    return rows.map((row) => ({ ...toReservation(row), isQuiet: row.is_quiet }));
  }

  /** Begins the wait for late arrivals anew, because the store does not answer: who knows what it still holds back. */
  async postpone(): Promise<void> {
    await this.database.query(postpone);
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
  const { id, prompt_id: promptId, version, object_key: objectKey, predecessors } = row;
  return { id, promptId, version, objectKey, predecessors };
}
