import { setTimeout as delay } from 'node:timers/promises';

const firstDelayMs = 100;
const maxDelayMs = 5_000;
const resetAfterMs = 60_000;

/**
 * Delays attempts: the first runs at once, the next ones with growing delays, until a minute has passed without an
 * attempt.
 */
export class Backoff {
  private lastAttempt = 0;
  delayMs = 0;

  async beforeAttempt(): Promise<void> {
    if (Date.now() - this.lastAttempt > resetAfterMs) this.delayMs = 0;
    await delay(this.delayMs);
    this.lastAttempt = Date.now();
    this.delayMs = Math.min(Math.max(firstDelayMs, this.delayMs * 2), maxDelayMs);
  }
}
