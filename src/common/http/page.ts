import { z } from 'zod';

/** The query of a paged list. `what` is the plural noun of its items. */
export const pageSchema = (what: string) =>
  z.object({
    limit: z.coerce.number().int().min(1).max(100).default(100).describe(`Maximum number of ${what} in the answer.`),
    offset: z.coerce.number().int().min(0).max(1_000_000).default(0).describe(`Number of ${what} to skip.`),
  });
export type Page = z.output<ReturnType<typeof pageSchema>>;
