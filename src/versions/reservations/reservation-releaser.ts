import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { OutageLogger } from '../../database/outage-logger.js';
import { BucketFenceService } from './bucket-fence/bucket-fence.service.js';
import type { InstanceLease } from './instance-lease.service.js';
import { VersionReservation } from './version-reservation.entity.js';
import { type Reservation, VersionReservationRepository } from './version-reservation.repository.js';

const retryIntervalMs = 500;
const releaseFailure = 'could not give up reservations of failed uploads';

/** Releases the reservations of failed uploads, again and again until the database takes it. */
@Injectable()
export class ReservationReleaser implements OnApplicationShutdown {
  private readonly pending = new Map<string, () => Promise<void>>();
  private running: Promise<void> | undefined;

  constructor(
    @InjectRepository(VersionReservation) private readonly reservations: VersionReservationRepository,
    private readonly fence: BucketFenceService,
    private readonly outages: OutageLogger,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.running;
    await this.retry();
  }

  /**
   * Releases a failed reservation, now or as soon as the database answers again. A possibly stored object is removed
   * later, because a failed put may still arrive in the store.
   */
  async release(reservation: Reservation, { holder }: InstanceLease, isPossiblyStored: boolean): Promise<void> {
    const task = async () => {
      await this.fence.renew();
      if (isPossiblyStored) await this.reservations.release(reservation, holder);
      else await this.reservations.finish(reservation, holder);
    };
    try {
      await task();
    } catch {
      this.pending.set(reservation.id, task);
    }
  }

  @Interval(retryIntervalMs)
  retry(): Promise<void> {
    return (this.running ??= this.releasePending()
      .then(
        () => this.outages.recordSuccess(releaseFailure),
        (error: unknown) => this.outages.recordFailure(releaseFailure, error),
      )
      .finally(() => (this.running = undefined)));
  }

  private async releasePending(): Promise<void> {
    for (const [id, task] of this.pending) {
      await task();
      this.pending.delete(id);
    }
  }
}
