import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { Flag, WholeNumber } from './scalars/scalars.js';

export const modelSettings = z
  .object({
    ALLOW_PRIVATE_MODEL_ENDPOINTS: Flag(false).describe(
      'Lets integrations call models at private and loopback addresses, such as one on this machine.',
    ),
    MODEL_TIMEOUT_SECONDS: WholeNumber(60, 1, 600).describe('Longest time that a model may take to answer.'),
  })
  .transform((env) => ({
    allowPrivateEndpoints: env.ALLOW_PRIVATE_MODEL_ENDPOINTS,
    timeoutSeconds: env.MODEL_TIMEOUT_SECONDS,
  }));

/** `sealingKey` encrypts what integrations connect with. */
export type ModelsConfig = Readonly<z.output<typeof modelSettings> & { sealingKey: Buffer }>;
export const ModelsConfig = { KEY: getConfigToken('models') };
