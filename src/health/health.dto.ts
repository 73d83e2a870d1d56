import { z } from 'zod';

export const Liveness = z.object({ status: z.literal('alive') }).meta({ id: 'Liveness' });

export const MetricsText = z.string();

export const Readiness = z
  .object({
    status: z.enum(['ready', 'not ready']),
    database: z.object({
      ok: z.boolean(),
      replicas: z
        .array(
          z.object({
            ok: z.boolean().describe('Whether it is read. If not, the primary is read, and the server stays ready.'),
            lag_seconds: z.number().nullable().describe('How far it may be behind; null if that is not known.'),
            detail: z.string().optional().describe('Why it is not read.'),
          }),
        )
        .optional()
        .describe('In the order of `DATABASE_READ_URLS`; left out without replicas.'),
    }),
    storage: z.object({
      ok: z.boolean(),
      checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() })),
    }),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.output<typeof Readiness>;
