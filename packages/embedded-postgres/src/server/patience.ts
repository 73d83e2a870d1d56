import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { messageOf } from '../node-errors.js';

const STEP_MS = 15;
const NOTICE_AFTER_MS = 3_000;
/** Long enough for the recovery of all the log that `max_wal_size` allows, on a slow disk. */
const LIMIT_MS = 120_000;

/** Waits in small steps for something that has an end, says so once if it takes long, and gives up at last. */
export class Patience {
  readonly #since = Date.now();
  readonly #waitingFor: string;
  readonly #onNotice: (message: string) => void;
  #hasTold = false;
  #obstacle: unknown;

  constructor(waitingFor: string, onNotice: (message: string) => void) {
    this.#waitingFor = waitingFor;
    this.#onNotice = onNotice;
  }

  /** What went wrong last, to be named when patience ends. */
  blame(obstacle: unknown): void {
    this.#obstacle = obstacle;
  }

  /** Ends early with `interruption`. */
  async step(interruption?: Promise<unknown>): Promise<void> {
    const waitedMs = Date.now() - this.#since;
    if (waitedMs > LIMIT_MS) {
      const last = this.#obstacle === undefined ? '' : `: ${messageOf(this.#obstacle)}`;
      throw new EmbeddedPostgresError(`Waited ${LIMIT_MS / 1000} s for ${this.#waitingFor} in vain${last}.`, {
        cause: this.#obstacle,
      });
    }
    if (waitedMs > NOTICE_AFTER_MS && !this.#hasTold) {
      this.#hasTold = true;
      this.#onNotice(`Waiting for ${this.#waitingFor} ...`);
    }
    await Promise.race([interruption, delay(STEP_MS)].filter((promise) => promise !== undefined));
  }
}
