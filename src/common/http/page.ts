import { z } from 'zod';

/** Query of a list that is read by the page; `what` names what is listed, in the plural. */
export const pageOf = (what: string) =>
  z.object({
    limit: z.coerce.number().int().min(1).max(100).default(100).describe(`Most ${what} in the answer.`),
    offset: z.coerce.number().int().min(0).max(1_000_000).default(0).describe(`How many ${what} to leave out first.`),
  });
export type Page = z.output<ReturnType<typeof pageOf>>;
