import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { OutageLog } from '../../database/outage-log.js';
import type { Tenure } from './process-tenure.js';
import { type Reservation, ReservationsRepository } from './reservations.repository.js';
import { ReservedObjects } from './reserved-objects.js';

const sweepEveryMs = 30_000;
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
    private readonly reservations: ReservationsRepository,
    private readonly objects: ReservedObjects,
    private readonly outages: OutageLog,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [
      setInterval(() => this.run(sweeping, () => this.sweep()), sweepEveryMs),
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
    const task = () =>
      mayBeStored ? this.reservations.release(reservation, holder) : this.reservations.finish(reservation, holder);
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
    for (const reservation of await this.reservations.released(largestSweep)) await this.sweepOne(reservation);
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
