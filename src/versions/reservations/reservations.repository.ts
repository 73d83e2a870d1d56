import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database, type Statement } from '../../database/database.js';
import {
  alternateVersionKey,
  alternateVersionPrefix,
  type VersionPlace,
  versionKey,
} from '../../storage/object-keys.js';
import { currentToken } from './bucket-fence.repository.js';

/** What is to be reserved: one version of one prompt, and what the key of its object is built from. */
export interface ReservationRequest {
  readonly promptId: string;
  readonly keyParts: VersionPlace;
}

/** A version number that is somebody's until they finish or die. Its id is written into the object's metadata. */
export interface Reservation {
  readonly id: string;
  readonly promptId: string;
  readonly version: string;
  readonly objectKey: string;
  /** Reservations of dead holders that this one took over: what they may have left under the key is rubbish. */
  readonly predecessors: readonly string[];
  /** The same of reservations that another database may know as well: what they left may be a version there. */
  readonly unproven: readonly string[];
}

/** A reservation of this process. */
export interface OwnReservation extends Reservation {
  /** Where the object can go if something lies under the key that may not be deleted. */
  readonly alternateKey: string;
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
  unproven: string[];
}

const columns = 'id, prompt_id, version, object_key, predecessors, unproven';
/** Holder of what nobody holds: no process locks this key, so anybody can take such a reservation over at once. */
export const noHolder = '0';

// What was reserved before this database got its present token, a copy of it may have reserved too.
const isProven = `fence = ${currentToken}`;
const provenPredecessors = (ids: string) => `case when ${isProven} then ${ids} else '{}' end`;
const unprovenPredecessors = (ids: string) => `case when ${isProven} then unproven else unproven || ${ids} end`;

const insert = {
  name: 'reserve',
  text: `insert into version_reservation (id, prompt_id, version, object_key, holder, fence)
         values ($1, $2, $3, $4, $5, ${currentToken}) on conflict do nothing returning ${columns}`,
};
// A holder whose advisory lock can be had is dead: PostgreSQL dropped the lock together with its connection.
const takeOver = `
  update version_reservation set id = $1, prompt_id = $2, version = $3, holder = $5, fence = ${currentToken},
    predecessors = ${provenPredecessors('predecessors || id')},
    unproven = ${unprovenPredecessors('predecessors || id')}, created_at = now()`;
const isDead = 'pg_try_advisory_xact_lock_shared(holder)';
const takeOverKey = {
  name: 'take-over-reservation',
  text: `${takeOver} where object_key = $4 and ${isDead} returning ${columns}`,
};
// Of a number whose object went to an alternate key, or whose prompt had another name then.
const takeOverVersion = {
  name: 'take-over-reserved-version',
  text: `${takeOver}, object_key = case when starts_with(object_key, $6) then object_key else $7 end
         where prompt_id = $2 and version = $3 and object_key <> $4 and ${isDead} returning ${columns}`,
};
const move = {
  name: 'move-reservation',
  text: `update version_reservation set object_key = $3, predecessors = '{}', unproven = unproven || predecessors
         where id = $1 and holder = $2 returning ${columns}`,
};
// Only its holder can have finished it, in whatever database it stands; so it is proven, other than what it took over.
const release = {
  name: 'release-reservation',
  text: `update version_reservation set holder = ${noHolder}, fence = ${currentToken},
                predecessors = ${provenPredecessors('predecessors')},
                unproven = ${unprovenPredecessors('predecessors')}, created_at = now()
         where id = $1 and holder = $2 returning id`,
};
// For a process that lost its reservation while its bytes were on their way: they may arrive after everybody is done.
const remember = {
  name: 'remember-reservation',
  text: `insert into version_reservation (id, prompt_id, version, object_key, holder, fence, unproven)
         select $1, $2, $3, $4, ${noHolder}, ${currentToken}, $5
         where not exists (select from version where object_key = $4) on conflict do nothing`,
};
const releaseDead = {
  name: 'release-dead-reservations',
  text: `update version_reservation set holder = ${noHolder}, created_at = now()
         where id in (select id from version_reservation where holder <> ${noHolder} and ${isDead} for update skip locked)`,
};
const released = {
  name: 'released-reservations',
  text: `select ${columns}, created_at < now() - interval '2 minutes' as is_quiet
         from version_reservation where holder = ${noHolder} and ${isProven} order by created_at limit $1`,
};
const postpone = {
  name: 'postpone-reservations',
  text: `update version_reservation set created_at = now() where holder = ${noHolder} and ${isProven}`,
};
const setAside = {
  name: 'set-reservation-aside',
  text: `update version_reservation set fence = null where id = $1 and holder = ${noHolder}`,
};
const finish = {
  name: 'finish-reservation',
  text: 'delete from version_reservation where id = $1 and holder = $2 returning id',
};
// Whatever went wrong before: in a copy of a database nothing is anybody's to delete, and an object that a version names is never anybody's to delete.
const lockOwn = {
  name: 'lock-reservation',
  text: `select id from version_reservation r where id = $1 and holder = $2
         and ${isProven} and not exists (select from version v where v.object_key = r.object_key) for update`,
};
const versionOfObject = { name: 'version-of-object', text: 'select id from version where object_key = $1' };

@Injectable()
export class ReservationsRepository {
  constructor(private readonly database: Database) {}

  /** Reserves, or takes over what a dead process left; undefined while somebody alive holds it. */
  async claim({ promptId, keyParts }: ReservationRequest, holder: string): Promise<OwnReservation | undefined> {
    const id = randomUUID();
    const alternateKey = alternateVersionKey(keyParts, id);
    const values = [id, promptId, keyParts.version, versionKey(keyParts), holder];
    const row =
      (await this.first(insert, values)) ??
      (await this.first(takeOverVersion, [...values, alternateVersionPrefix(keyParts), alternateKey])) ??
      (await this.first(takeOverKey, values));
    return row && { ...toReservation(row), alternateKey };
  }

  /** Gives a reservation its alternate key. Undefined if it is not the holder's any more. */
  async move(reservation: OwnReservation, holder: string): Promise<OwnReservation | undefined> {
    const { id, alternateKey } = reservation;
    const row = await this.first(move, [id, holder, alternateKey]);
    return row && { ...toReservation(row), alternateKey };
  }

  /** Lets go of a reservation under whose key something may lie or still arrive: anybody can take it over at once. */
  async release(reservation: Reservation, holder: string): Promise<void> {
    const { id, promptId, version, objectKey, predecessors, unproven } = reservation;
    if ((await this.database.query(release, [id, holder])).length > 0) return;
    await this.database.query(remember, [id, promptId, version, objectKey, [...predecessors, ...unproven]]);
  }

  /** Lets go of what dead processes hold. */
  async releaseDead(): Promise<void> {
    await this.database.query(releaseDead);
  }

  /** Up to `limit` of what nobody holds, longest released first; nothing that another database may have reserved. */
  async released(limit: number): Promise<ReleasedReservation[]> {
    const rows = await this.database.query<ReservationRow & { is_quiet: boolean }>(released, [limit]);
    return rows.map((row) => ({ ...toReservation(row), isQuiet: row.is_quiet }));
  }

  /** Begins the wait for late arrivals anew, because the store does not answer: who knows what it still holds back. */
  async postpone(): Promise<void> {
    await this.database.query(postpone);
  }

  /** Leaves a released reservation to the next upload of its number: what lies under its keys may not be deleted. */
  async setAside({ id }: Reservation): Promise<void> {
    await this.database.query(setAside, [id]);
  }

  /** Whether a version of this database has its bytes under the key. */
  async isNamed(objectKey: string): Promise<boolean> {
    return (await this.database.query(versionOfObject, [objectKey])).length > 0;
  }

  /** Ends a reservation in the running transaction; false if it is not the holder's any more. */
  async finish({ id }: Reservation, holder: string): Promise<boolean> {
    return (await this.database.query(finish, [id, holder])).length > 0;
  }

  /** Keeps everybody else from taking a reservation over until the running transaction ends; false if it is not the holder's. */
  async lock({ id }: Reservation, holder: string): Promise<boolean> {
    return (await this.database.query(lockOwn, [id, holder])).length > 0;
  }

  private async first(statement: Statement, values: readonly unknown[]): Promise<ReservationRow | undefined> {
    return (await this.database.query<ReservationRow>(statement, values))[0];
  }
}

function toReservation(row: ReservationRow): Reservation {
  const { id, prompt_id: promptId, version, object_key: objectKey, predecessors, unproven } = row;
  return { id, promptId, version, objectKey, predecessors, unproven };
}
