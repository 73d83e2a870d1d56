import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../embedded-postgres.errors.js';
import { messageOf } from '../node-errors.js';

const stepMs = 15;
const noticeAfterMs = 3_000;
/** Long enough for the recovery of all the log that `max_wal_size` allows, on a slow disk. */
const timeoutMs = 120_000;

/** Waits in small steps, notifies once if it takes long, and throws after a timeout. */
export class WaitLoop {
  readonly startedAt = Date.now();
  private readonly waitingFor: string;
  private readonly onNotice: (message: string) => void;
  private onWaiting: (() => void) | undefined;
  hasNotified = false;
  lastError: unknown;

  /** @param onWaiting is called once, when the first wait begins */
  constructor(waitingFor: string, onNotice: (message: string) => void, onWaiting?: () => void) {
    this.waitingFor = waitingFor;
    this.onNotice = onNotice;
    this.onWaiting = onWaiting;
  }

  /** Records the last error, for the message of the timeout. */
  recordError(error: unknown): void {
    this.lastError = error;
  }

  /** Ends early when `interruption` settles. */
  async step(interruption?: Promise<unknown>): Promise<void> {
    const begin = this.onWaiting;
    this.onWaiting = undefined;
    begin?.();
    const waitedMs = Date.now() - this.startedAt;
    if (waitedMs > timeoutMs) {
      const last = this.lastError === undefined ? '' : `: ${messageOf(this.lastError)}`;
      throw new EmbeddedPostgresError(`Waited ${timeoutMs / 1000} s for ${this.waitingFor} in vain${last}.`, {
        cause: this.lastError,
      });
    }
    if (waitedMs > noticeAfterMs && !this.hasNotified) {
      this.hasNotified = true;
      this.onNotice(`Waiting for ${this.waitingFor} ...`);
    }
    await Promise.race([interruption, delay(stepMs)].filter((promise) => promise !== undefined));
  }
}
