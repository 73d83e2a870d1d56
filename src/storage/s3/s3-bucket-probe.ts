import type { Client } from 'minio';
import type { ProbeCheck } from '../object-storage.js';
import { errorCode } from '../storage.errors.js';
import { check, ProbeFailure } from '../storage-probe.js';
import type { LimitedTransport } from './limited-transport.js';

interface BucketProbe {
  readonly bucket: string;
  readonly region: string;
  readonly now: () => Date;
}

/** Stores refuse signatures that are 15 minutes off; download addresses lose or gain what the clocks differ by. */
const MAX_SKEW_SECONDS = 300;
const WARN_SKEW_SECONDS = 60;

/** Makes the bucket if it is not there, and compares the store's clock with ours. */
export async function checkBucket(
  client: Client,
  transport: LimitedTransport,
  { bucket, region, now }: BucketProbe,
): Promise<ProbeCheck[]> {
  const place = await check('bucket', () => ensureBucket(client, bucket, region));
  // Any answer tells the time, and a refusal may well be due to it.
  const date = transport.response?.headers.date;
  return date === undefined ? [place] : [place, await check('clock', () => compareClocks(date, now()))];
}

async function ensureBucket(client: Client, bucket: string, region: string): Promise<void> {
  if (await client.bucketExists(bucket)) return;
  await client.makeBucket(bucket, region).catch((error: unknown) => {
    // Another process of this product started at the same time.
    if (errorCode(error) !== 'BucketAlreadyOwnedByYou') throw error;
  });
}

function compareClocks(date: string, now: Date): Promise<string | void> {
  const seconds = Math.round(Math.abs(new Date(date).getTime() - now.getTime()) / 1000);
  const remark = `the clocks of this server and of the object store differ by ${seconds} s`;
  if (!(seconds <= MAX_SKEW_SECONDS)) return Promise.reject(new ProbeFailure(remark));
  return Promise.resolve(seconds > WARN_SKEW_SECONDS ? remark : undefined);
}
