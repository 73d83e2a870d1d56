import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ProcessTenure, type Tenure } from './process-tenure.js';
import { type Reservation, ReservationsRepository } from './reservations.repository.js';
import { ReservedObjects } from './reserved-objects.js';

const sweepEveryMs = 30_000;
const retryEveryMs = 500;
const batch = 50;

/** Clears up what dead processes reserved, and what this one could not clear up when it failed. */
@Injectable()
export class ReservationSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(ReservationSweeper.name);
  private readonly leftovers = new Map<string, { reservation: Reservation; tenure: Tenure }>();
  private timers: NodeJS.Timeout[] = [];
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly tenures: ProcessTenure,
    private readonly reservations: ReservationsRepository,
    private readonly objects: ReservedObjects,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [
      setInterval(() => this.run(() => this.sweepDead()), sweepEveryMs),
      setInterval(() => this.run(() => this.retryLeftovers()), retryEveryMs),
    ];
    for (const timer of this.timers) timer.unref();
    this.run(() => this.sweepDead());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.running;
  }

  /** Clears a failed reservation up, now or as soon as store and database answer again. */
  async discard(reservation: Reservation, tenure: Tenure): Promise<void> {
    try {
      await this.objects.discard(reservation, tenure);
    } catch {
      this.leftovers.set(reservation.id, { reservation, tenure });
    }
  }

  private run(task: () => Promise<void>): void {
    this.running = this.running
      .then(task)
      .catch((error: unknown) => this.log.warn(`could not clear up reservations yet: ${String(error)}`));
  }

  private async sweepDead(): Promise<void> {
    const tenure = this.tenures.current();
    for (const reservation of await this.reservations.claimDead(tenure.holder, batch)) {
      await this.discard(reservation, tenure);
    }
  }

  private async retryLeftovers(): Promise<void> {
    for (const [id, { reservation, tenure }] of this.leftovers) {
      // Once the tenure is over, the row belongs to whoever takes it over.
      if (!tenure.signal.aborted) await this.objects.discard(reservation, tenure);
      this.leftovers.delete(id);
    }
  }
}
