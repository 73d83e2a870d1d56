import { setTimeout as delay } from 'node:timers/promises';

const FIRST_MS = 100;
const LONGEST_MS = 5_000;
const CALM_MS = 60_000;

/** Spaces out attempts: the first at once, then ever more slowly, until a minute has passed without any. */
export class Backoff {
  #lastAttempt = 0;
  #pauseMs = 0;

  async beforeAttempt(): Promise<void> {
    if (Date.now() - this.#lastAttempt > CALM_MS) this.#pauseMs = 0;
    await delay(this.#pauseMs);
    this.#lastAttempt = Date.now();
    this.#pauseMs = Math.min(Math.max(FIRST_MS, this.#pauseMs * 2), LONGEST_MS);
  }
}
