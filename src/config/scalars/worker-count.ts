import { availableParallelism } from 'node:os';
import { z } from 'zod';

const mostWorkers = 64;

/** `auto` is one process for each core that this machine, or container, may use. */
export const WorkerCount = z.preprocess(
  (value) => (value === '' || value === undefined ? '1' : value),
  z
    .string()
    .regex(/^(auto|[1-9][0-9]*)$/, 'must be a whole number from 1, or auto')
    .transform((value) => (value === 'auto' ? Math.min(availableParallelism(), mostWorkers) : Number(value)))
    .pipe(z.number().max(mostWorkers, `must be at most ${mostWorkers}`)),
);

/** What one of several processes gets of something that is meant for all of them together. */
export function share(total: number, workers: number, atLeast = 1): number {
  return total === 0 ? 0 : Math.max(atLeast, Math.floor(total / workers));
}
