import { EntityRepository } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import {
  alternateVersionKey,
  alternateVersionPrefix,
  type VersionPlace,
  versionKey,
} from '../../storage/object-keys.js';
import { Version } from '../version.entity.js';
import { VersionReservation } from './version-reservation.entity.js';
import {
  deleteDeadReservation,
  lockOwnReservation,
  moveReservation,
  noHolder,
  postponeReservations,
  recordsOfKeys,
  releaseDeadReservations,
  releasedReservations,
  releaseReservation,
  rememberReservation,
  reserve,
  takeOverKey,
  takeOverVersion,
} from './version-reservations.queries.js';

/** What is to be reserved: one version of one prompt, and what the key of its object is built from. */
export interface ReservationRequest {
  readonly promptId: string;
  readonly keyParts: VersionPlace;
}

/** A version number that one process holds until it finishes or dies. Its id is written into the object's metadata. */
export interface Reservation extends Readonly<Pick<VersionReservation, 'id' | 'promptId' | 'version' | 'objectKey'>> {
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

/** A reservation that no process holds: it stays only for what may lie, or still arrive, under its key. */
export interface ReleasedReservation extends Reservation {
  /** Long enough released that nothing can arrive any more. */
  readonly isQuiet: boolean;
}

/** What this database knows of an object by its key. */
export interface KeyRecord extends Pick<Reservation, 'predecessors' | 'unproven'> {
  readonly key: string;
  /** A version has its bytes there. */
  readonly isNamed: boolean;
  /** Null if no reservation is for this key. */
  readonly id: string | null;
  /** By a process that runs. */
  readonly isHeld: boolean;
  /** A server may remove what the reservation left. */
  readonly isProven: boolean;
}

/** Who uploads which version number, and what became of those who did not finish. */
export class VersionReservationRepository extends EntityRepository<VersionReservation> {
  /** Reserves, or takes over what a dead process left; undefined while a living process holds it. */
  async claim({ promptId, keyParts }: ReservationRequest, holder: string): Promise<OwnReservation | undefined> {
    const id = randomUUID();
    const alternateKey = alternateVersionKey(keyParts, id);
    const values = [id, promptId, keyParts.version, versionKey(keyParts), holder];
    const reservation =
      (await this.first(reserve, values)) ??
      (await this.first(takeOverVersion, [...values, alternateVersionPrefix(keyParts), alternateKey])) ??
      (await this.first(takeOverKey, values));
    return reservation && { ...reservation, alternateKey };
  }

  /** Gives a reservation its alternate key. Undefined if it is not the holder's any more. */
  async move({ id, alternateKey }: OwnReservation, holder: string): Promise<OwnReservation | undefined> {
    const moved = await this.first(moveReservation, [id, holder, alternateKey]);
    return moved && { ...moved, alternateKey };
  }

  /** Releases a reservation under whose key something may lie or still arrive: it can be taken over at once. */
  async release(reservation: Reservation, holder: string): Promise<void> {
    const { id, promptId, version, objectKey, predecessors, unproven } = reservation;
    if (await this.first(releaseReservation, [id, holder])) return;
    await this.em.execute(rememberReservation, [id, promptId, version, objectKey, [...predecessors, ...unproven]]);
  }

  /** Releases what dead processes hold. */
  async releaseDead(): Promise<void> {
    await this.em.execute(releaseDeadReservations);
  }

  /** Up to `limit` that no process holds, longest released first; nothing that another database may have reserved. */
  released(limit: number): Promise<ReleasedReservation[]> {
    return this.em.execute<ReleasedReservation[]>(releasedReservations, [limit]);
  }

  /** Restarts the wait for late arrivals, because the store does not answer and may still hold some back. */
  async postpone(): Promise<void> {
    await this.em.execute(postponeReservations);
  }

  /** Leaves a released reservation to the next upload of its number: what lies under its keys may not be deleted. */
  async setAside({ id }: Reservation): Promise<void> {
    await this.nativeUpdate({ id, holder: noHolder }, { fence: null });
  }

  /** Whether a version of this database has its bytes under the key. */
  async isNamed(objectKey: string): Promise<boolean> {
    return (await this.em.count(Version, { objectKey })) > 0;
  }

  /** Ends a reservation; false if it is not the holder's any more. */
  async finish({ id }: Reservation, holder: string): Promise<boolean> {
    return (await this.nativeDelete({ id, holder })) > 0;
  }

  /** Keeps others from taking a reservation over until the transaction ends; false if it is not the holder's. */
  async lock({ id }: Reservation, holder: string): Promise<boolean> {
    return (await this.first(lockOwnReservation, [id, holder])) !== undefined;
  }

  /** What is known of objects by their keys, in the order of the keys. */
  recordsOf(keys: readonly string[]): Promise<KeyRecord[]> {
    return this.em.execute<KeyRecord[]>(recordsOfKeys, [keys]);
  }

  /** Drops a dead reservation of the key, whose object is gone. */
  async deleteDead(objectKey: string): Promise<void> {
    await this.em.execute(deleteDeadReservation, [objectKey]);
  }

  private async first(statement: string, values: unknown[]): Promise<Reservation | undefined> {
    return (await this.em.execute<Reservation[]>(statement, values))[0];
  }
}

VersionReservation.setCustomRepository(() => VersionReservationRepository);
