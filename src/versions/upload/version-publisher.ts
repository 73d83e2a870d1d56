import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailable, Overloaded } from '../../common/errors/catalogue.js';
import { isError } from '../../common/errors/define-error.js';
import { databaseUnavailable } from '../../database/database-errors.js';
import { Database } from '../../database/database.js';
import { StorageHealth } from '../../storage/storage-health.js';
import { ObjectExists } from '../../storage/storage.errors.js';
import type { PackageContents } from '../package/package-contents.js';
import { InstanceLeaseService, type InstanceLease } from '../reservations/instance-lease.service.js';
import { ReservationSweeper } from '../reservations/reservation-sweeper.js';
import {
  type OwnReservation,
  type Reservation,
  ReservationsRepository,
} from '../reservations/reservations.repository.js';
import { type ObjectBytes, ReservedObjectStore } from '../reservations/reserved-object-store.js';
import { ObjectKeyTaken } from '../versions.errors.js';
import type { VersionItem } from '../versions.dto.js';
import { VersionsRepository } from '../versions.repository.js';

/** A package that has proved valid, on its way to become a version. */
export interface Publication {
  readonly promptId: string;
  readonly ownerId: string;
  readonly promptName: string;
  readonly version: string;
  readonly publishedBy: string;
  readonly contents: PackageContents;
  readonly bytes: ObjectBytes;
  /** Refuses by throwing once the number, or the prompt's name, is no longer free. */
  assertFree(): Promise<void>;
  /** Runs in the transaction that makes the version visible, before it does. */
  prepare(): Promise<void>;
}

const reservationTimeoutMs = 30_000;

/**
 * Makes versions: reserves the number, stores the bytes, then makes the version visible and ends the reservation in
 * one transaction. A death at any moment leaves nothing listed without bytes and nothing that blocks a retry.
 */
@Injectable()
export class VersionPublisher {
  constructor(
    private readonly database: Database,
    private readonly leases: InstanceLeaseService,
    private readonly reservations: ReservationsRepository,
    private readonly objects: ReservedObjectStore,
    private readonly sweeper: ReservationSweeper,
    private readonly versions: VersionsRepository,
    private readonly storageHealth: StorageHealth,
  ) {}

  /** @throws StorageUnfit, StorageUnavailable before anything is reserved */
  async publish(publication: Publication): Promise<VersionItem> {
    await this.storageHealth.requireFit();
    const lease = this.leases.current();
    let reservation = await this.reserve(publication, lease);
    let isPossiblyStored = reservation.predecessors.length + reservation.unproven.length > 0;
    const onMove = (moved: OwnReservation) => (reservation = moved);
    try {
      await publication.assertFree();
      isPossiblyStored = true;
      await this.objects.put(reservation, lease, publication.bytes, onMove);
      return await this.finish(publication, reservation, lease);
    } catch (error) {
      const released = this.sweeper.release(reservation, lease, isPossiblyStored);
      // A database that does not answer would keep the client waiting twice.
      if (!isError(error, DatabaseUnavailable)) await released;
      throw error instanceof ObjectExists ? ObjectKeyTaken(undefined, { cause: error }) : error;
    }
  }

  /** Waits for the outcome of a living rival, and takes over at once what a dead one left. */
  private async reserve(publication: Publication, lease: InstanceLease): Promise<OwnReservation> {
    const { promptId, ownerId, promptName, version } = publication;
    const keyParts = { ownerId, promptName, version };
    const deadline = Date.now() + reservationTimeoutMs;
    for (let delayMs = 10; ; delayMs = Math.min(delayMs * 2, 250)) {
      const reservation = await this.reservations.claim({ promptId, keyParts }, lease.holder);
      if (reservation) return reservation;
      await publication.assertFree();
      if (Date.now() > deadline) throw Overloaded();
      await sleep(delayMs * (0.5 + Math.random()));
    }
  }

  private finish(publication: Publication, reservation: Reservation, lease: InstanceLease): Promise<VersionItem> {
    return this.database.transaction(async () => {
      // First of all: who took the reservation over has perhaps recorded the version already.
      if (!(await this.reservations.finish(reservation, lease.holder))) {
        throw databaseUnavailable(new Error('the reservation was taken over'));
      }
      await publication.prepare();
      return this.versions.insert(toVersion(publication, reservation));
    });
  }
}

function toVersion({ promptId, version, publishedBy, contents, bytes }: Publication, { objectKey }: Reservation) {
  return {
    id: randomUUID(),
    promptId,
    version,
    objectKey,
    sha256: bytes.sha256,
    size: bytes.size,
    manifest: contents.manifest,
    readme: contents.readme,
    files: contents.files,
    createdBy: publishedBy,
  };
}
