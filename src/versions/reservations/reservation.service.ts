import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Overloaded } from '../../common/errors/catalogue.js';
import { databaseUnavailable } from '../../database/database-errors.js';
import type { Prompt } from '../../prompts/prompt.entity.js';
import { type InstanceLease, InstanceLeaseService } from './instance-lease.service.js';
import { ReservationReleaser } from './reservation-releaser.js';
import { VersionReservation } from './version-reservation.entity.js';
import {
  type OwnReservation,
  type Reservation,
  type ReservationRequest,
  VersionReservationRepository,
} from './version-reservation.repository.js';

const reservationTimeoutMs = 30_000;

/** Reserves version numbers for this process, under its lease. */
@Injectable()
export class ReservationService {
  constructor(
    private readonly leases: InstanceLeaseService,
    @InjectRepository(VersionReservation) private readonly reservations: VersionReservationRepository,
    private readonly releaser: ReservationReleaser,
  ) {}

  /** @throws DatabaseUnavailable while this process has no lease */
  lease(): InstanceLease {
    return this.leases.current();
  }

  /**
   * Waits for a concurrent upload of the same version, and takes over the reservation of a dead process at once.
   * @param assertFree throws once the rival has taken the number
   * @throws Overloaded
   */
  async reserve(
    request: ReservationRequest,
    { holder }: InstanceLease,
    assertFree: () => Promise<void>,
  ): Promise<OwnReservation & { readonly hasWaited: boolean }> {
    const deadline = Date.now() + reservationTimeoutMs;
    let hasWaited = false;
    for (let delayMs = 10; ; delayMs = Math.min(delayMs * 2, 250)) {
      const reservation = await this.reservations.claim(request, holder);
      if (reservation) return { ...reservation, hasWaited };
      await assertFree();
      hasWaited = true;
      if (Date.now() > deadline) throw Overloaded();
      await sleep(delayMs * (0.5 + Math.random()));
    }
  }

  /**
   * Ends a reservation in the transaction that records the version: first of all, as a process that took it over may
   * have recorded the version already. The prompt, whose row is locked, or null if it is not there.
   * @throws DatabaseUnavailable if it was taken over
   */
  async finish(reservation: Reservation, { holder }: InstanceLease): Promise<Prompt | null> {
    const prompt = await this.reservations.finishAndLock(reservation, holder);
    if (prompt === undefined) throw databaseUnavailable(new Error('the reservation was taken over'));
    return prompt;
  }

  /** Makes a failed reservation's number free, now or as soon as the database answers again. */
  release(reservation: Reservation, lease: InstanceLease, isPossiblyStored: boolean): Promise<void> {
    return this.releaser.release(reservation, lease, isPossiblyStored);
  }
}
