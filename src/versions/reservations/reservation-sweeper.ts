import { InjectRepository } from '@mikro-orm/nestjs';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { VersionsConfig } from '../../config/versions.config.js';
import { OutageLogger } from '../../database/outage-logger.js';
import { BucketFenceService } from './bucket-fence/bucket-fence.service.js';
import { ReservedObjectStore } from './reserved-object-store.js';
import { VersionReservation } from './version-reservation.entity.js';
import { type ReleasedReservation, VersionReservationRepository } from './version-reservation.repository.js';

const maxSweepSize = 500;
const sweepFailure = 'could not clear up after failed uploads';

/** Releases what dead processes reserved, and clears up what failed uploads left in the store. */
@Injectable()
export class ReservationSweeper implements OnApplicationShutdown {
  private running: Promise<void> | undefined;

  constructor(
    @InjectRepository(VersionReservation) private readonly reservations: VersionReservationRepository,
    private readonly objects: ReservedObjectStore,
    private readonly fence: BucketFenceService,
    private readonly outages: OutageLogger,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.running;
  }

  /** Does nothing while the previous sweep runs. */
  run(): void {
    this.running ??= this.sweep()
      .then(
        () => this.outages.recordSuccess(sweepFailure),
        (error: unknown) => this.outages.recordFailure(sweepFailure, error),
      )
      .finally(() => (this.running = undefined));
  }

  private async sweep(): Promise<void> {
    await this.reservations.releaseDead();
    await this.fence.establish();
    const released = await this.reservations.released(maxSweepSize);
    if (released.length === 0 || !(await this.fence.isHeld())) return;
    for (const reservation of released) await this.sweepOne(reservation);
  }

  private async sweepOne(reservation: ReleasedReservation): Promise<void> {
    try {
      await this.objects.sweep(reservation);
    } catch (error) {
      await this.reservations.postpone();
      throw error;
    }
  }
}

/** Sweeps when the server has started, and from then on as often as it is configured. */
@Injectable()
export class SweepSchedule implements OnApplicationBootstrap {
  constructor(
    @Inject(VersionsConfig.KEY) private readonly config: VersionsConfig,
    private readonly scheduler: SchedulerRegistry,
    private readonly sweeper: ReservationSweeper,
  ) {}

  onApplicationBootstrap(): void {
    const intervalMs = this.config.cleanupIntervalSeconds * 1_000;
    this.scheduler.addInterval(
      'reservation-sweep',
      setInterval(() => this.sweeper.run(), intervalMs),
    );
    this.sweeper.run();
  }
}
