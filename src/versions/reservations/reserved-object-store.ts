import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { databaseUnavailable } from '../../database/database-errors.js';
import { ObjectStorage, type ReceivedBytes, type StoredObject } from '../../storage/object-storage.js';
import { ObjectExists } from '../../storage/storage.errors.js';
import { ObjectKeyTaken } from '../versions.errors.js';
import { BucketFenceService } from './bucket-fence/bucket-fence.service.js';
import { ObjectClaimsService } from './object-claims.service.js';
import { ownershipOf, reservationMetadata } from './object-ownership.js';
import type { InstanceLease } from './instance-lease.service.js';
import { VersionReservation } from './version-reservation.entity.js';
import {
  type OwnReservation,
  type ReleasedReservation,
  type Reservation,
  VersionReservationRepository,
} from './version-reservation.repository.js';
import { noHolder } from './version-reservations.queries.js';

const maxAttempts = 4;
/** After a longer pause, the process may have lost the lock under which it deletes. */
const lockTimeoutMs = 2_000;

export type ObjectBytes = ReceivedBytes & { readonly size: number };

/** Stores objects under reservations, and removes those of failed reservations. */
@Injectable()
export class ReservedObjectStore {
  private readonly log = new Logger(ReservedObjectStore.name);

  constructor(
    private readonly em: EntityManager,
    private readonly storage: ObjectStorage,
    @InjectRepository(VersionReservation) private readonly reservations: VersionReservationRepository,
    private readonly fence: BucketFenceService,
    private readonly claims: ObjectClaimsService,
  ) {}

  /**
   * Stores the bytes under the reserved key, and replaces only objects of dead predecessors. An existing object with
   * the same bytes is adopted. If another object may not be deleted, the reservation gets its alternate key.
   * @throws ObjectKeyTaken if the store holds other bytes there that this database knows nothing of
   */
  async put(
    reservation: OwnReservation,
    lease: InstanceLease,
    bytes: ObjectBytes,
    onMove: (moved: OwnReservation) => void,
  ): Promise<void> {
    let current = reservation;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.send(current, lease, bytes);
        break;
      } catch (error) {
        if (!(error instanceof ObjectExists) || attempt === maxAttempts) throw error;
        const moved = await this.clearKey(current, lease.holder, bytes);
        if (moved === 'stored') return;
        current = moved;
        onMove(current);
      }
    }
    // A deletion of a predecessor's object may have been interrupted.
    if (reservation.predecessors.length > 0) await this.claims.endDeletionOf(reservation.objectKey, idsOf(reservation));
  }

  /** Removes the object of a released reservation, and the reservation itself once no object can arrive. */
  async sweep(reservation: ReleasedReservation): Promise<void> {
    const { objectKey, unproven, isQuiet } = reservation;
    const ownership = ownershipOf(await this.storage.head(objectKey), reservation);
    const isOurs = ownership === 'own' || ownership === 'predecessor';
    const mustRemain = ownership === 'unproven' || (isOurs && !(await this.delete(reservation, noHolder)));
    if (ownership === 'foreign')
      this.log.warn(`did not delete an object that this server's uploads did not leave: ${objectKey}`);
    if (!isQuiet) return;
    if (ownership === 'missing') await this.claims.endDeletionOf(objectKey, idsOf(reservation));
    if (mustRemain || unproven.length > 0) await this.reservations.setAside(reservation);
    else await this.reservations.finish(reservation, noHolder);
  }

  private send({ id, objectKey }: Reservation, { signal }: InstanceLease, bytes: ObjectBytes): Promise<void> {
    return this.storage.put(objectKey, bytes, {
      size: bytes.size,
      contentType: 'application/gzip',
      metadata: { [reservationMetadata]: id },
      ifAbsent: true,
      signal,
    });
  }

  /** The reservation for the next attempt, or `stored` if the bytes are stored. @throws ObjectKeyTaken */
  private async clearKey(
    reservation: OwnReservation,
    holder: string,
    bytes: ObjectBytes,
  ): Promise<OwnReservation | 'stored'> {
    const found = await this.storage.head(reservation.objectKey);
    const ownership = ownershipOf(found, reservation);
    if (!found || (ownership === 'predecessor' && (await this.delete(reservation, holder)))) return reservation;
    if (ownership === 'own' || (await this.adopt(reservation, found, bytes))) return 'stored';
    if (ownership === 'foreign') throw ObjectKeyTaken();
    const moved = await this.reservations.move(reservation, holder);
    if (!moved) throw databaseUnavailable(new Error('the reservation was taken over'));
    return moved;
  }

  /** Adopts an object with the same bytes, and prevents every database from deleting it. */
  private async adopt({ id, objectKey }: Reservation, found: StoredObject, bytes: ObjectBytes): Promise<boolean> {
    if (found.size !== bytes.size || (await this.digestOf(objectKey)) !== bytes.sha256) return false;
    if (await this.reservations.isNamed(objectKey)) return false;
    if (!(await this.claims.keep(objectKey, id))) return false;
    // After the claim no deletion can be running.
    const current = await this.storage.head(objectKey);
    return (
      current?.etag === found.etag && current.metadata[reservationMetadata] === found.metadata[reservationMetadata]
    );
  }

  private async digestOf(objectKey: string): Promise<string | undefined> {
    const opened = await this.storage.get(objectKey);
    if (!opened) return undefined;
    const hash = createHash('sha256');
    for await (const chunk of opened.body) hash.update(chunk as Uint8Array);
    return hash.digest('hex');
  }

  /**
   * Deletes the object under the key if it belongs to this reservation or a predecessor, and if this database owns the
   * bucket. A claim prevents other databases from adopting it meanwhile. False if nothing was deleted.
   */
  private async delete(reservation: Reservation, holder: string): Promise<boolean> {
    const { id, objectKey, predecessors } = reservation;
    if (!(await this.fence.isHeld())) return false;
    if (!(await this.claims.beginDeletion(objectKey, id, predecessors))) return false;
    const ownership = ownershipOf(await this.storage.head(objectKey), reservation);
    const isOurs = ownership === 'own' || ownership === 'predecessor';
    const isDeleted = ownership === 'missing' || (isOurs && (await this.deleteLocked(reservation, holder)));
    // If it could not be deleted, the process that has taken the reservation over may be deleting it under the same
    // claim.
    if (isDeleted || !isOurs) await this.claims.endDeletion(objectKey);
    return isDeleted;
  }

  /** The row is locked, so that a process that takes the reservation over can store its object only later. */
  private deleteLocked(reservation: Reservation, holder: string): Promise<boolean> {
    return this.em.transactional(async () => {
      const startedAt = performance.now();
      if (!(await this.reservations.lock(reservation, holder))) return false;
      if (performance.now() - startedAt > lockTimeoutMs) return false;
      await this.storage.delete(reservation.objectKey);
      return true;
    });
  }
}

function idsOf({ id, predecessors, unproven }: Reservation): readonly string[] {
  return [id, ...predecessors, ...unproven];
}
