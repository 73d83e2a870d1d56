import { getConfigToken } from '@nestjs/config';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Flag, HttpUrl, OptionalFlag, Setting } from './scalars/scalars.js';

/** Whether the setting selects S3. The flag with a default does not. */
const isS3Setting = (name: string) => name.startsWith('S3_') && name !== 'S3_CHECK_PUBLIC_ENDPOINT';

const required = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const;

/**
 * The address of a store: protocol, host and port. A path is not allowed, because signatures cover only bucket and key.
 */
const StoreAddress = HttpUrl.refine((value) => value === undefined || isStoreAddress(value), {
  error: 'must be the address of a host, without a path, such as https://s3.example.com:9000',
});

function isStoreAddress(value: string): boolean {
  const { hostname, pathname, search, hash, username, password } = new URL(value);
  const isHostName = /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)$/.test(hostname);
  return isHostName && pathname === '/' && [search, hash, username, password].every((part) => part === '');
}

const BucketName = Setting.refine((value) => value === undefined || isBucketName(value), {
  error: 'must be 3 to 63 lower-case letters, digits, hyphens and single dots, with a letter or digit at both ends',
});

function isBucketName(value: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value) && !/\.\.|\d+\.\d+\.\d+\.\d+/.test(value);
}

export const storageSettings = z
  .object({
    DATA_DIR: Setting.default('./data').describe('Folder of the embedded database, objects on disk and secrets.'),
    S3_ENDPOINT: StoreAddress.describe(
      'S3-compatible server, as this process reaches it. Without any S3_* objects are on disk.',
    ),
    S3_PUBLIC_ENDPOINT: StoreAddress.describe('The same server as clients reach it; download URLs are signed for it.'),
    S3_CHECK_PUBLIC_ENDPOINT: Flag(true).describe(
      'Whether the self-test downloads through S3_PUBLIC_ENDPOINT; false only where this process cannot reach it, but clients can.',
    ),
    S3_REGION: Setting.refine((value) => value === undefined || /^[\w-]+$/.test(value), {
      error: 'must be the name of a region, such as us-east-1',
    }).describe('Region of the bucket; us-east-1 if unset.'),
    S3_BUCKET: BucketName.describe('Bucket of the packages; made at the start if it is not there, and never later.'),
    S3_ACCESS_KEY: Setting.describe('Access key of the object store.'),
    S3_SECRET_KEY: Setting.describe('Secret key of the object store.'),
    S3_FORCE_PATH_STYLE: OptionalFlag.describe('Bucket in the path (true, also if unset) or in the host name (false).'),
  })
  .superRefine((env, context) => {
    const settings: Record<string, unknown> = env;
    const isS3 = Object.keys(env).some((name) => isS3Setting(name) && settings[name] !== undefined);
    if (!isS3) return;
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
          checksPublicEndpoint: env.S3_CHECK_PUBLIC_ENDPOINT,
          region: env.S3_REGION ?? 'us-east-1',
          bucket: env.S3_BUCKET ?? '',
          accessKey: env.S3_ACCESS_KEY ?? '',
          secretKey: env.S3_SECRET_KEY ?? '',
          forcePathStyle: env.S3_FORCE_PATH_STYLE ?? true,
        }
      : undefined,
  }));

export type StorageSettings = z.output<typeof storageSettings>;

/** Where objects are stored: in a folder of this machine, or in a bucket of an S3-compatible server. */
export type StorageConfig =
  | { readonly kind: 'disk'; readonly directory: string; readonly urlSigningKey: Buffer }
  | ({
      readonly kind: 's3';
      /**
       * False in a process that replaces another one, which must not create a bucket that has been deleted meanwhile.
       */
      readonly canCreateBucket?: boolean;
    } & Readonly<NonNullable<StorageSettings['s3']>>);
export const StorageConfig = { KEY: getConfigToken('storage') };
