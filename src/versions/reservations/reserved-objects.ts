import { Injectable, Logger } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { databaseUnavailable } from '../../database/database-errors.js';
import { Database } from '../../database/database.js';
import { ObjectStorage } from '../../storage/object-storage.js';
import { ObjectExists } from '../../storage/storage.errors.js';
import { ObjectKeyTaken } from '../versions.errors.js';
import type { Tenure } from './process-tenure.js';
import { type Reservation, ReservationsRepository } from './reservations.repository.js';

/** Names the reservation under which an object was stored, in the object's own metadata. */
const metadataKey = 'reservation';
const mostAttempts = 4;

export interface ObjectBytes {
  readonly size: number;
  readonly sha256: string;
  open(): Readable;
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
        if (await this.isStoredAs(reservation)) return;
        await this.clear(reservation, tenure);
      }
    }
  }

  /** Gives a reservation up: its object goes first, then its row. Does nothing once the version stands. */
  async discard(reservation: Reservation, tenure: Tenure): Promise<void> {
    await this.database.transaction(async () => {
      if (!(await this.reservations.lock(reservation, tenure.holder))) return;
      await this.deleteOwn(reservation);
      await this.reservations.finish(reservation, tenure.holder);
    });
  }

  private async isStoredAs({ id, objectKey }: Reservation): Promise<boolean> {
    const stored = await this.storage.head(objectKey);
    return stored?.metadata[metadataKey] === id;
  }

  /** Removes a predecessor's object while the row is locked, so that nobody can have taken the reservation over. */
  private async clear(reservation: Reservation, tenure: Tenure): Promise<void> {
    await this.database.transaction(async () => {
      if (!(await this.reservations.lock(reservation, tenure.holder))) {
        throw databaseUnavailable(new Error('the reservation was taken over'));
      }
      if (!(await this.deleteOwn(reservation))) throw ObjectKeyTaken();
    });
  }

  /** Deletes what this reservation or a predecessor stored; leaves anything else. True if nothing is left there. */
  private async deleteOwn({ id, objectKey, predecessors }: Reservation): Promise<boolean> {
    const stored = await this.storage.head(objectKey);
    if (!stored) return true;
    const storedBy = stored.metadata[metadataKey] ?? '';
    if (storedBy !== id && !predecessors.includes(storedBy)) {
      this.log.warn(`left an object alone that this database knows nothing of: ${objectKey}`);
      return false;
    }
    await this.storage.delete(objectKey);
    return true;
  }
}
