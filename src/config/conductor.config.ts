import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { WholeNumber } from './scalars/scalars.js';

/** The maximum lifetime of a token. */
export const maxTokenSeconds = 24 * 60 * 60;

export const conductorSettings = z
  .object({
    CONDUCTOR_TOKEN_TTL_SECONDS: WholeNumber(3600, 1, maxTokenSeconds).describe(
      'How long a token of the Conductor protocol is good, unless its client asks for another time.',
    ),
  })
  .transform((env) => ({ tokenTtlSeconds: env.CONDUCTOR_TOKEN_TTL_SECONDS }));

export type ConductorConfig = Readonly<z.output<typeof conductorSettings>>;
export const ConductorConfig = { KEY: getConfigToken('conductor') };
