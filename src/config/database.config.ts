import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { Setting, WholeNumber } from './scalars/scalars.js';

export const databaseSettings = z
  .object({
    DATABASE_URL: Setting.refine((url) => url === undefined || /^postgres(ql)?:\/\//.test(url), {
      error: 'must be a postgresql:// address',
    }).describe('PostgreSQL to use; the embedded one under DATA_DIR if unset.'),
    DATABASE_POOL_SIZE: WholeNumber(10, 2, 500).describe(
      'Most connections that this server opens for its work; several WORKERS share them, and each has at least two.',
    ),
  })
  .transform((env) => ({ url: env.DATABASE_URL ?? '', poolSize: env.DATABASE_POOL_SIZE }));

/** `url` is empty until the embedded server has started. */
export type DatabaseConfig = Readonly<z.output<typeof databaseSettings>>;
export const DatabaseConfig = { KEY: getConfigToken('database') };
