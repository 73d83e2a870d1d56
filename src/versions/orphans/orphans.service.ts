import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { isVersionKey } from '../../storage/object-keys.js';
import { ObjectStorage } from '../../storage/object-storage.js';
import { ObjectClaimsService } from '../reservations/object-claims.service.js';
import { ownershipOf } from '../reservations/object-ownership.js';
import { VersionReservation } from '../reservations/version-reservation.entity.js';
import { type KeyRecord, VersionReservationRepository } from '../reservations/version-reservation.repository.js';

/** Why an object has no version here; `named` and `pending` objects are not orphans. */
export type OrphanStatus = 'named' | 'pending' | 'unfinished' | 'unknown' | 'adopted';

/** An object in the store that no version of this database names. */
export interface Orphan {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
  readonly status: Exclude<OrphanStatus, 'named' | 'pending'>;
}

export type Removal = 'removed' | 'absent' | 'no package' | 'named' | 'pending' | 'adopted';

const pageSize = 1_000;
/** Used instead of a reservation id, so that an operator can continue an interrupted deletion. */
const operator = 'operator';

/** Finds objects in the store without a version of this database, and removes them for an operator. */
@Injectable()
export class OrphansService {
  constructor(
    private readonly storage: ObjectStorage,
    @InjectRepository(VersionReservation) private readonly reservations: VersionReservationRepository,
    private readonly claims: ObjectClaimsService,
  ) {}

  /** Ordered by key, without objects that are about to become a version or to be removed by a server. */
  async *list(prefix = ''): AsyncGenerator<Orphan> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.storage.list(prefix, { limit: pageSize, cursor });
      const keys = page.objects.map(({ key }) => key).filter(isVersionKey);
      for (const record of await this.reservations.recordsOf(keys)) yield* this.toOrphans(record);
      cursor = page.cursor;
    }
  }

  /**
   * Removes an object if still no version of this database has it.
   * @param options also what a version of another database has adopted
   */
  async remove(key: string, options: { adopted: boolean }): Promise<Removal> {
    if (!isVersionKey(key)) return 'no package';
    if (!(await this.storage.head(key))) return 'absent';
    // After the claim no server adopts the object.
    const isClaimed = await this.claims.beginDeletion(key, operator);
    const outcome = await this.removeClaimed(key, isClaimed || options.adopted);
    if (isClaimed || outcome === 'removed') await this.claims.endDeletion(key);
    return outcome;
  }

  private async removeClaimed(key: string, canRemove: boolean): Promise<Removal> {
    const [record] = await this.reservations.recordsOf([key]);
    if (record?.isNamed) return 'named';
    if (record && (await this.statusOf(record))?.status === 'pending') return 'pending';
    if (!canRemove) return 'adopted';
    await this.storage.delete(key);
    await this.reservations.deleteDead(key);
    return 'removed';
  }

  private async *toOrphans(record: KeyRecord): AsyncGenerator<Orphan> {
    const found = record.isNamed ? undefined : await this.statusOf(record);
    if (!found || found.status === 'pending') return;
    const { status, size, lastModified } = found;
    const isAdopted = (await this.claims.purposeOf(record.key)) === 'keep';
    yield { key: record.key, size, lastModified, status: isAdopted ? 'adopted' : status };
  }

  /** The status of an object without a version. Undefined if the object does not exist. */
  private async statusOf({ key, id, predecessors, unproven, isHeld, isProven }: KeyRecord) {
    const stored = await this.storage.head(key);
    if (!stored) return undefined;
    const ownership = id === null ? 'foreign' : ownershipOf(stored, { id, predecessors, unproven });
    const isCleared = isProven && (ownership === 'own' || ownership === 'predecessor');
    if (isHeld || isCleared) return { ...stored, status: 'pending' as const };
    const status: 'unknown' | 'unfinished' = ownership === 'foreign' ? 'unknown' : 'unfinished';
    return { ...stored, status };
  }
}
