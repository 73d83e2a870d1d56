import { z } from 'zod';

export const Liveness = z.object({ status: z.literal('alive') }).meta({ id: 'Liveness' });

export const MetricsText = z.string();

export const Readiness = z
  .object({
    status: z.enum(['ready', 'not ready']),
    database: z.object({ ok: z.boolean() }),
    storage: z.object({
      ok: z.boolean(),
      checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() })),
    }),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.output<typeof Readiness>;
