import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { PackageContents } from '@promptyard/package-format/package-contents.js';
import { DatabaseUnavailable } from '../../common/errors/catalogue.js';
import { isError } from '../../common/errors/define-error.js';
import { parseVersion } from '../../prompts/version-number.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import { StorageHealthService } from '../../storage/storage-health.service.js';
import { ObjectExists } from '../../storage/storage.errors.js';
import { ReservationService } from '../reservations/reservation.service.js';
import { type ObjectBytes, ReservedObjectStore } from '../reservations/reserved-object-store.js';
import type { OwnReservation, Reservation } from '../reservations/version-reservation.repository.js';
import type { VersionRecord } from '../version-reader.js';
import { Version } from '../version.entity.js';
import { VersionRepository } from '../version.repository.js';
import { ObjectKeyTaken } from '../versions.errors.js';

/** A valid package that is published as a version. */
export interface Publication {
  readonly promptId: string;
  readonly ownerId: string;
  readonly promptName: string;
  readonly version: string;
  readonly publishedBy: string;
  readonly contents: PackageContents;
  readonly bytes: ObjectBytes;
  /** Throws if the version, or the name of the prompt, is no longer free. */
  assertFree(): Promise<void>;
  /**
   * Writes what the version means for its prompt, in the transaction that makes it visible.
   * @param prompt whose row is locked; null if it is not there
   */
  prepare(prompt: Prompt | null): Promise<void>;
}

const unreleased = { yanked: false, yankReason: null, deprecated: null };

/**
 * Publishes versions: reserves the number, stores the bytes, then makes the version visible and ends the reservation in
 * one transaction. A crash at any moment leaves no version without bytes and nothing that blocks a retry.
 */
@Injectable()
export class VersionPublisher {
  constructor(
    private readonly em: EntityManager,
    private readonly storageHealth: StorageHealthService,
    private readonly reservations: ReservationService,
    private readonly objects: ReservedObjectStore,
    @InjectRepository(Version) private readonly versions: VersionRepository,
  ) {}

  /** @throws StorageUnfit, StorageUnavailable before anything is reserved */
  async publish(publication: Publication): Promise<VersionRecord> {
    await this.storageHealth.requireFit();
    const { promptId, ownerId, promptName, version } = publication;
    const lease = this.reservations.lease();
    const request = { promptId, keyParts: { ownerId, promptName, version } };
    const reserved = await this.reservations.reserve(request, lease, () => publication.assertFree());
    let reservation: OwnReservation = reserved;
    const onMove = (moved: OwnReservation) => (reservation = moved);
    let isSent = false;
    try {
      // The rival may have published the version as this was reserving it.
      if (reserved.hasWaited) await publication.assertFree();
      isSent = true;
      await this.objects.put(reservation, lease, publication.bytes, onMove);
      const recorded = await this.em.transactional(async () => {
        await publication.prepare(await this.reservations.finish(reservation, lease));
        return this.versions.create(toVersion(publication, reservation));
      });
      return { ...recorded, ...unreleased };
    } catch (error) {
      // Nothing of this upload lies under a key that is taken.
      const isStored = isSent && !isError(error, ObjectKeyTaken);
      const { predecessors, unproven } = reservation;
      const isPossiblyStored = isStored || predecessors.length + unproven.length > 0;
      const released = this.reservations.release(reservation, lease, isPossiblyStored);
      // Not awaited if the database does not answer, because the client would wait twice.
      if (isError(error, DatabaseUnavailable)) throw error;
      await released;
      // The version or the name may have been taken while this was reserving: that is the error to tell.
      await publication.assertFree();
      throw error instanceof ObjectExists ? ObjectKeyTaken(undefined, { cause: error }) : error;
    }
  }
}

function toVersion({ promptId, version, publishedBy, contents, bytes }: Publication, { objectKey }: Reservation) {
  return {
    id: randomUUID(),
    promptId,
    version,
    ...parseVersion(version),
    objectKey,
    sha256: bytes.sha256,
    size: bytes.size,
    manifest: contents.manifest,
    readme: contents.readme,
    files: contents.files,
    createdBy: publishedBy,
    createdAt: new Date(),
  };
}
