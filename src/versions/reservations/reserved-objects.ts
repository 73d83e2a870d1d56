import { Injectable, Logger } from '@nestjs/common';
import { databaseUnavailable } from '../../database/database-errors.js';
import { Database } from '../../database/database.js';
import { ObjectStorage } from '../../storage/object-storage.js';
import { ObjectExists } from '../../storage/storage.errors.js';
import { ObjectKeyTaken } from '../versions.errors.js';
import type { Tenure } from './process-tenure.js';
import {
  nobody,
  type ReleasedReservation,
  type Reservation,
  ReservationsRepository,
} from './reservations.repository.js';

/** Names the reservation under which an object was stored, in the object's own metadata. */
const metadataKey = 'reservation';
const mostAttempts = 4;

/** Under whose reservation an object was stored, as seen from one reservation. */
type Occupant = 'nobody' | 'own' | 'predecessor' | 'stranger';

export interface ObjectBytes {
  readonly size: number;
  readonly sha256: string;
  /** Each chunk is good until the next one is asked for. */
  open(): AsyncIterable<Uint8Array>;
}

/** Objects that are stored under a reservation: put, or cleared away when their reservation comes to nothing. */
@Injectable()
export class ReservedObjects {
  private readonly log = new Logger(ReservedObjects.name);

  constructor(
    private readonly database: Database,
    private readonly storage: ObjectStorage,
    private readonly reservations: ReservationsRepository,
  ) {}

  /**
   * Stores the bytes under the reserved key, over nothing but what a dead predecessor left there.
   * @throws ObjectKeyTaken if the store holds an object that this database knows nothing of
   */
  async put(reservation: Reservation, tenure: Tenure, bytes: ObjectBytes): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.storage.put(reservation.objectKey, bytes.open(), {
          size: bytes.size,
          sha256: bytes.sha256,
          contentType: 'application/gzip',
          metadata: { [metadataKey]: reservation.id },
          ifAbsent: true,
          signal: tenure.signal,
        });
      } catch (error) {
        if (!(error instanceof ObjectExists) || attempt === mostAttempts) throw error;
        if ((await this.clear(reservation, tenure.holder)) === 'own') return;
      }
    }
  }

  /** Removes what a released reservation left in the store, and the reservation itself once nothing can come any more. */
  async sweep(reservation: ReleasedReservation): Promise<void> {
    const stored = await this.storedBy(reservation);
    if (stored === 'own' || stored === 'predecessor') await this.delete(reservation, nobody);
    if (stored === 'stranger') this.log.warn(`left an object alone that is not rubbish: ${reservation.objectKey}`);
    if (reservation.isQuiet) await this.reservations.finish(reservation, nobody);
  }

  /** Makes room under the key. @throws ObjectKeyTaken */
  private async clear(reservation: Reservation, holder: string): Promise<Occupant> {
    const stored = await this.storedBy(reservation);
    if (stored === 'stranger') throw ObjectKeyTaken();
    if (stored === 'predecessor' && !(await this.delete(reservation, holder))) {
      throw databaseUnavailable(new Error('the reservation was taken over'));
    }
    return stored;
  }

  /** Asked before the row is locked, so that no connection to the database waits for a slow store. */
  private async storedBy({ id, objectKey, predecessors }: Reservation): Promise<Occupant> {
    const stored = await this.storage.head(objectKey);
    if (!stored) return 'nobody';
    const reservation = stored.metadata[metadataKey] ?? '';
    if (reservation === id) return 'own';
    return predecessors.includes(reservation) ? 'predecessor' : 'stranger';
  }

  /**
   * Deletes while the row is locked: whoever takes the reservation over, and may store something, comes later. False if
   * somebody has done so already.
   */
  private delete(reservation: Reservation, holder: string): Promise<boolean> {
    return this.database.transaction(async () => {
      if (!(await this.reservations.lock(reservation, holder))) return false;
      await this.storage.delete(reservation.objectKey);
      return true;
    });
  }
}
