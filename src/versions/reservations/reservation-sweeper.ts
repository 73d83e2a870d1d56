import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { VersionsConfig } from '../../config/versions.config.js';
import { OutageLogger } from '../../database/outage-logger.js';
import { BucketFenceService } from './bucket-fence.service.js';
import type { InstanceLease } from './instance-lease.service.js';
import { ReservedObjectStore } from './reserved-object-store.js';
import { VersionReservation } from './version-reservation.entity.js';
import { type Reservation, VersionReservationRepository } from './version-reservation.repository.js';

const retryIntervalMs = 500;
const maxSweepSize = 500;
const sweepFailure = 'could not clear up after failed uploads';
const releaseFailure = 'could not give up reservations of failed uploads';

/** Releases reservations of failed uploads and dead processes, and removes their objects. */
@Injectable()
export class ReservationSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pendingReleases = new Map<string, () => Promise<unknown>>();
  private timers: NodeJS.Timeout[] = [];
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(VersionsConfig.KEY) private readonly config: VersionsConfig,
    @InjectRepository(VersionReservation) private readonly reservations: VersionReservationRepository,
    private readonly objects: ReservedObjectStore,
    private readonly fence: BucketFenceService,
    private readonly outages: OutageLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [
      setInterval(() => this.run(sweepFailure, () => this.sweep()), this.config.cleanupIntervalSeconds * 1_000),
      setInterval(() => this.run(releaseFailure, () => this.retryReleases()), retryIntervalMs),
    ];
    for (const timer of this.timers) timer.unref();
    this.run(sweepFailure, () => this.sweep());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.run(releaseFailure, () => this.retryReleases());
    await this.running;
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
      this.pendingReleases.set(reservation.id, task);
    }
  }

  private run(what: string, task: () => Promise<void>): void {
    this.running = this.running.then(task).then(
      () => this.outages.recordSuccess(what),
      (error: unknown) => this.outages.recordFailure(what, error),
    );
  }

  private async sweep(): Promise<void> {
    await this.reservations.releaseDead();
    await this.fence.establish();
    const released = await this.reservations.released(maxSweepSize);
    if (released.length === 0 || !(await this.fence.isHeld())) return;
    for (const reservation of released) await this.sweepOne(reservation);
  }

  private async sweepOne(reservation: Parameters<ReservedObjectStore['sweep']>[0]): Promise<void> {
    try {
      await this.objects.sweep(reservation);
    } catch (error) {
      await this.reservations.postpone();
      throw error;
    }
  }

  private async retryReleases(): Promise<void> {
    for (const [id, task] of this.pendingReleases) {
      await task();
      this.pendingReleases.delete(id);
    }
  }
}
