import { getConfigToken } from '@nestjs/config';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { HttpUrl, OptionalFlag, Setting } from './scalars.js';

const required = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const;

export const storageSettings = z
  .object({
    DATA_DIR: Setting.default('./data').describe('Folder of the embedded database, objects on disk and secrets.'),
    S3_ENDPOINT: HttpUrl.describe(
      'S3-compatible server, as this process reaches it. Without any S3_* objects are on disk.',
    ),
    S3_PUBLIC_ENDPOINT: HttpUrl.describe('The same server as clients reach it; download URLs are signed for it.'),
    S3_REGION: Setting.describe('Region of the bucket; us-east-1 if unset.'),
    S3_BUCKET: Setting.describe('Bucket of the packages; made if it is not there.'),
    S3_ACCESS_KEY: Setting.describe('Access key of the object store.'),
    S3_SECRET_KEY: Setting.describe('Secret key of the object store.'),
    S3_FORCE_PATH_STYLE: OptionalFlag.describe('Bucket in the path (true, also if unset) or in the host name (false).'),
  })
  .superRefine((env, context) => {
    const settings: Record<string, unknown> = env;
    if (!Object.keys(env).some((name) => name.startsWith('S3_') && settings[name] !== undefined)) return;
    for (const name of required.filter((each) => env[each] === undefined)) {
      context.addIssue({ code: 'custom', path: [name], message: 'is missing: S3 storage is only half configured' });
    }
  })
  .transform((env) => ({
    dataDirectory: resolve(env.DATA_DIR),
    objectDirectory: join(resolve(env.DATA_DIR), 'objects'),
    s3: env.S3_ENDPOINT
      ? {
          endpoint: env.S3_ENDPOINT,
          publicEndpoint: env.S3_PUBLIC_ENDPOINT ?? env.S3_ENDPOINT,
          region: env.S3_REGION ?? 'us-east-1',
          bucket: env.S3_BUCKET ?? '',
          accessKey: env.S3_ACCESS_KEY ?? '',
          secretKey: env.S3_SECRET_KEY ?? '',
          forcePathStyle: env.S3_FORCE_PATH_STYLE ?? true,
        }
      : undefined,
  }));

export type StorageSettings = z.output<typeof storageSettings>;

/** Where objects live: a folder of this machine, or a bucket of an S3-compatible server. */
export type StorageConfig =
  | { readonly kind: 'disk'; readonly directory: string; readonly urlSigningKey: Buffer }
  | ({ readonly kind: 's3' } & Readonly<NonNullable<StorageSettings['s3']>>);
export const StorageConfig = { KEY: getConfigToken('storage') };
