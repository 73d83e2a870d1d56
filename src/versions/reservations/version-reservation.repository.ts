import { type EntityDictionary, EntityRepository } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import {
  alternateVersionKey,
  alternateVersionPrefix,
  type VersionKeyParts,
  versionKey,
} from '../../storage/object-keys.js';
import { Prompt } from '../../prompts/prompt.entity.js';
import { Version } from '../version.entity.js';
import { VersionReservation } from './version-reservation.entity.js';
import {
  deleteDeadReservation,
  finishReservation,
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

/** A request for a reservation: a version of a prompt, and the parts of its object key. */
export interface ReservationRequest {
  readonly promptId: string;
  readonly keyParts: VersionKeyParts;
}

/** A version number that one process holds until it finishes or dies. Its id is written into the object's metadata. */
export interface Reservation extends Readonly<Pick<VersionReservation, 'id' | 'promptId' | 'version' | 'objectKey'>> {
  /** Reservations of dead holders that this one has taken over. Their objects under the key may be deleted. */
  readonly predecessors: readonly string[];
  /** Reservations that another database may have as well. Their objects may be versions there. */
  readonly unproven: readonly string[];
}

/** A reservation of this process. */
export interface OwnReservation extends Reservation {
  /** The key to use if an object that may not be deleted has the usual key. */
  readonly alternateKey: string;
}

/** A reservation that no process holds. It is kept only because an object may exist, or still arrive, under its key. */
export interface ReleasedReservation extends Reservation {
  /** Whether it was released so long ago that no object can still arrive. */
  readonly isQuiet: boolean;
}

/** The facts that this database has about an object key. */
export interface KeyRecord extends Pick<Reservation, 'predecessors' | 'unproven'> {
  readonly key: string;
  /** Whether a version has this key. */
  readonly isNamed: boolean;
  /** Null if no reservation is for this key. */
  readonly id: string | null;
  /** Whether a running process holds the reservation. */
  readonly isHeld: boolean;
  /** Whether servers may remove the object of the reservation. */
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

  /** Moves a reservation to its alternate key. Undefined if the holder has lost it. */
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

  /** Leaves a released reservation to the next upload of its version, because its object may not be deleted. */
  async setAside({ id }: Reservation): Promise<void> {
    await this.nativeUpdate({ id, holder: noHolder }, { fence: null });
  }

  /** Whether a version of this database has its bytes under the key. */
  async isNamed(objectKey: string): Promise<boolean> {
    return (await this.em.count(Version, { objectKey })) > 0;
  }

  /** Ends a reservation; false if the holder has lost it. */
  async finish({ id }: Reservation, holder: string): Promise<boolean> {
    return (await this.nativeDelete({ id, holder })) > 0;
  }

  /**
   * Ends a reservation in the running transaction and locks the row of its prompt, which is null if it is not there.
   * Undefined if the holder has lost the reservation.
   */
  async finishAndLock({ id, promptId }: Reservation, holder: string): Promise<Prompt | null | undefined> {
    const [row] = await this.em.execute<EntityDictionary<Prompt>[]>(finishReservation, [id, holder, promptId]);
    if (!row) return undefined;
    return row.id === null ? null : this.em.map(Prompt, row);
  }

  /** Keeps others from taking a reservation over until the transaction ends; false if it is not the holder's. */
  async lock({ id }: Reservation, holder: string): Promise<boolean> {
    return (await this.first(lockOwnReservation, [id, holder])) !== undefined;
  }

  /** What is known of objects by their keys, in the order of the keys. */
  recordsOf(keys: readonly string[]): Promise<KeyRecord[]> {
    return this.em.execute<KeyRecord[]>(recordsOfKeys, [keys]);
  }

  /** Deletes a dead reservation of the key after its object has been deleted. */
  async deleteDead(objectKey: string): Promise<void> {
    await this.em.execute(deleteDeadReservation, [objectKey]);
  }

  private async first(statement: string, values: unknown[]): Promise<Reservation | undefined> {
    return (await this.em.execute<Reservation[]>(statement, values))[0];
  }
}

VersionReservation.setCustomRepository(() => VersionReservationRepository);
