import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { VersionsConfig } from '../../config/versions.config.js';
import { OutageLog } from '../../database/outage-log.js';
import { BucketFence } from './bucket-fence.js';
import type { Tenure } from './process-tenure.js';
import { type Reservation, ReservationsRepository } from './reservations.repository.js';
import { ReservedObjects } from './reserved-objects.js';

const retryEveryMs = 500;
const largestSweep = 500;
const sweeping = 'could not clear up after failed uploads';
const givingUp = 'could not give up reservations of failed uploads';

/** Lets go of what failed uploads and dead processes reserved, and clears up what they left in the store. */
@Injectable()
export class ReservationSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly notGivenUpYet = new Map<string, () => Promise<unknown>>();
  private timers: NodeJS.Timeout[] = [];
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(VersionsConfig.KEY) private readonly config: VersionsConfig,
    private readonly reservations: ReservationsRepository,
    private readonly objects: ReservedObjects,
    private readonly fence: BucketFence,
    private readonly outages: OutageLog,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [
      setInterval(() => this.run(sweeping, () => this.sweep()), this.config.cleanupIntervalSeconds * 1_000),
      setInterval(() => this.run(givingUp, () => this.giveUpLeftovers()), retryEveryMs),
    ];
    for (const timer of this.timers) timer.unref();
    this.run(sweeping, () => this.sweep());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.run(givingUp, () => this.giveUpLeftovers());
    await this.running;
  }

  /**
   * Makes a failed reservation's number free, now or as soon as the database answers again. What `mayBeStored` is
   * cleared up later: a put that failed may still arrive in the store.
   */
  async giveUp(reservation: Reservation, { holder }: Tenure, mayBeStored: boolean): Promise<void> {
    const task = async () => {
      await this.fence.renew();
      if (mayBeStored) await this.reservations.release(reservation, holder);
      else await this.reservations.finish(reservation, holder);
    };
    try {
      await task();
    } catch {
      this.notGivenUpYet.set(reservation.id, task);
    }
  }

  private run(what: string, task: () => Promise<void>): void {
    this.running = this.running.then(task).then(
      () => this.outages.succeeded(what),
      (error: unknown) => this.outages.failed(what, error),
    );
  }

  private async sweep(): Promise<void> {
    await this.reservations.releaseDead();
    await this.fence.settle();
    const released = await this.reservations.released(largestSweep);
    if (released.length === 0 || !(await this.fence.isHeld())) return;
    for (const reservation of released) await this.sweepOne(reservation);
  }

  private async sweepOne(reservation: Parameters<ReservedObjects['sweep']>[0]): Promise<void> {
    try {
      await this.objects.sweep(reservation);
    } catch (error) {
      await this.reservations.postpone();
      throw error;
    }
  }

  private async giveUpLeftovers(): Promise<void> {
    for (const [id, task] of this.notGivenUpYet) {
      await task();
      this.notGivenUpYet.delete(id);
    }
  }
}
