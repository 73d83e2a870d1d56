import { retryAfterSeconds } from '@promptyard/import/retry-after.js';

export const MAX_RETRIES = 3;

/** Whoever types a command does not wait longer than this for a busy server. */
const MAX_DELAY_SECONDS = 30;

/** How long to wait before a read is repeated; nothing where it is not worth it. */
export function retryDelaySeconds({ status, headers }: Response, attempt: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const asked = retryAfterSeconds(headers.get('retry-after')) ?? 2 ** attempt;
  return asked <= MAX_DELAY_SECONDS ? asked : undefined;
}
