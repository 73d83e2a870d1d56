import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { VersionsConfig } from '../../config/versions.config.js';
import { ReservationSweeper } from './reservation-sweeper.js';

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
