import { availableParallelism } from 'node:os';
import { z } from 'zod';

const maxWorkers = 64;

/** `auto` is one process for each core that this machine, or container, may use. */
export const WorkerCount = z.preprocess(
  (value) => (value === '' || value === undefined ? '1' : value),
  z
    .string()
    .regex(/^(auto|[1-9][0-9]*)$/, 'must be a whole number from 1, or auto')
    .transform((value) => (value === 'auto' ? Math.min(availableParallelism(), maxWorkers) : Number(value)))
    .pipe(z.number().max(maxWorkers, `must be at most ${maxWorkers}`)),
);

/** The share of one process of a total that is meant for all of them. */
export function shareOf(total: number, workers: number, minimum = 1): number {
  return total === 0 ? 0 : Math.max(minimum, Math.floor(total / workers));
}
