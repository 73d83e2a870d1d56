import { getConfigToken } from '@nestjs/config';
import { z } from 'zod';
import { WholeNumber } from './scalars/scalars.js';

export const versionSettings = z
  .object({
    DOWNLOAD_URL_TTL_SECONDS: WholeNumber(900, 1, 604_800).describe('How long a download URL is good.'),
    UPLOADS_AT_ONCE: WholeNumber(4, 1, 64).describe('Packages that one process reads and checks at the same time.'),
    UPLOAD_QUEUE_LIMIT: WholeNumber(256, 256).describe(
      'Uploads that may wait for their turn in one process, shared by the accounts; more are turned away.',
    ),
    CLEANUP_INTERVAL_SECONDS: WholeNumber(30, 1, 3_600).describe(
      'How often a server looks for what uploads that failed have left in the object store.',
    ),
  })
  .transform((env) => ({
    downloadUrlTtlSeconds: env.DOWNLOAD_URL_TTL_SECONDS,
    uploadsAtOnce: env.UPLOADS_AT_ONCE,
    uploadQueueLimit: env.UPLOAD_QUEUE_LIMIT,
    cleanupIntervalSeconds: env.CLEANUP_INTERVAL_SECONDS,
  }));

export type VersionsConfig = Readonly<z.output<typeof versionSettings> & { temporaryDirectory: string }>;
export const VersionsConfig = { KEY: getConfigToken('versions') };
