import { setTimeout } from 'node:timers/promises';
import { retryAfterSeconds } from '@promptyard/import/retry-after.js';
import { ApiError } from '../api/api-error.js';

const maxAttempts = 8;
const maxDelaySeconds = 120;

/** Repeats work that a busy server refused (429, 503), after the delay that it asks for. Only for idempotent writes. */
export async function withRetry<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isBusy = error instanceof ApiError && (error.status === 429 || error.status === 503);
      if (!isBusy || attempt === maxAttempts) throw error;
      await setTimeout(1000 * Math.min(maxDelaySeconds, retryAfterSeconds(error.retryAfter) ?? 2 ** (attempt - 1)));
    }
  }
}
