import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { WholeNumber } from './scalars.js';

export const versionSettings = z
  .object({
    DOWNLOAD_URL_TTL_SECONDS: WholeNumber(900, 1, 604_800).describe('How long a download URL is good.'),
    UPLOADS_AT_ONCE: WholeNumber(4, 1, 64).describe('Packages that one process reads and checks at the same time.'),
    UPLOAD_QUEUE_LIMIT: WholeNumber(256, 256).describe(
      'Uploads that may wait for their turn in one process, shared by the accounts; more are turned away.',
    ),
  })
  .transform((env) => ({
    downloadUrlTtlSeconds: env.DOWNLOAD_URL_TTL_SECONDS,
    uploadsAtOnce: env.UPLOADS_AT_ONCE,
    uploadQueueLimit: env.UPLOAD_QUEUE_LIMIT,
  }));

export type VersionsConfig = Readonly<z.output<typeof versionSettings> & { temporaryDirectory: string }>;
export const VersionsConfig = { KEY: getConfigToken('versions') };
