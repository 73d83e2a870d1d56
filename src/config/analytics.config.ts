import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { WholeNumber } from './scalars/scalars.js';

export const analyticsSettings = z
  .object({
    DOWNLOAD_RETENTION_MONTHS: WholeNumber(13, 0, 1_200).describe(
      'How many months single downloads are kept after their own; 0: for ever. Their sums stay.',
    ),
  })
  .transform((env) => ({ downloadRetentionMonths: env.DOWNLOAD_RETENTION_MONTHS }));

/** `visitorSalt` is the key of the hash that replaces a caller's address, so that no address is ever stored. */
export type AnalyticsConfig = Readonly<z.output<typeof analyticsSettings> & { visitorSalt: Buffer }>;
export const AnalyticsConfig = { KEY: getConfigToken('analytics') };
