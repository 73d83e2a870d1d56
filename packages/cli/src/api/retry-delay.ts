import { retryAfterSeconds } from '@promptyard/import/retry-after.js';

export const maxRetries = 3;

/** A longer delay is too long for an interactive command. */
const maxDelaySeconds = 30;

/** The delay before a read is repeated; undefined if it should not be repeated. */
export function retryDelaySeconds({ status, headers }: Response, attempt: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const asked = retryAfterSeconds(headers.get('retry-after')) ?? 2 ** attempt;
  return asked <= maxDelaySeconds ? asked : undefined;
}
