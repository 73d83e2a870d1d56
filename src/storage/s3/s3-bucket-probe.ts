import type { Client } from 'minio';
import type { ProbeCheck } from '../object-storage.js';
import { errorCode } from '../storage.errors.js';
import { check, ProbeFailure } from '../storage-probe.js';
import type { LimitedTransport } from './limited-transport.js';

interface BucketProbe {
  readonly bucket: string;
  readonly region: string;
  /** Whether a missing bucket is created. */
  readonly canCreate: boolean;
  readonly now: () => Date;
}

/**
 * Stores refuse signatures with a clock difference of 15 minutes. The validity of download URLs changes by the
 * difference.
 */
const maxSkewSeconds = 300;
const warnSkewSeconds = 60;

/** Checks the bucket, and compares the clocks of store and server. */
export async function checkBucket(
  client: Client,
  transport: LimitedTransport,
  probe: BucketProbe,
): Promise<ProbeCheck[]> {
  const outcome: { notice?: string } = {};
  const bucketCheck = await check('bucket', async () => {
    try {
      if (await ensureBucket(client, probe)) outcome.notice = 'the bucket did not exist and was created';
    } catch (error) {
      throw await explain(error, client, transport, probe);
    }
  });
  const reportedCheck = { ...bucketCheck, ...outcome };
  // Any answer has the time, and a refusal may be caused by a clock difference.
  const date = transport.response?.headers.date;
  return date === undefined
    ? [reportedCheck]
    : [reportedCheck, await check('clock', () => compareClocks(date, probe.now()))];
}

async function ensureBucket(client: Client, { bucket, region, canCreate }: BucketProbe): Promise<boolean> {
  if (await client.bucketExists(bucket)) return false;
  if (!canCreate) throw new ProbeFailure('the bucket no longer exists; it is created only when the server starts');
  try {
    await client.makeBucket(bucket, region);
    return true;
  } catch (error) {
    // Another process of this product started at the same time.
    if (errorCode(error) === 'BucketAlreadyOwnedByYou') return false;
    throw error;
  }
}

/** The answer to a request for another region has no reason if it has no body. */
async function explain(error: unknown, client: Client, transport: LimitedTransport, probe: BucketProbe) {
  const status = transport.response?.statusCode;
  if (status !== 301 && status !== 307 && status !== 400) return error;
  const actualRegion = regionOf(error) ?? (await askForRegion(client, probe.bucket));
  if (actualRegion !== undefined && actualRegion !== probe.region) {
    return new ProbeFailure(`it is in the region ${actualRegion}, not in ${probe.region}: set S3_REGION`);
  }
  return errorCode(error) ? error : new ProbeFailure(`the store answers ${status}`);
}

async function askForRegion(client: Client, bucket: string): Promise<string | undefined> {
  return client.listObjectsV2Query(bucket, '', '', '', 1, '').then(() => undefined, regionOf);
}

/** The region in the body or the headers of an answer. */
function regionOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { region, amzBucketRegion } = error as { region?: unknown; amzBucketRegion?: unknown };
  return [region, amzBucketRegion].find((each): each is string => typeof each === 'string' && /^[\w-]+$/.test(each));
}

function compareClocks(date: string, now: Date): Promise<string | void> {
  const seconds = Math.round(Math.abs(new Date(date).getTime() - now.getTime()) / 1000);
  const remark = `the clocks of this server and of the object store differ by ${seconds} s`;
  if (!(seconds <= maxSkewSeconds)) return Promise.reject(new ProbeFailure(remark));
  return Promise.resolve(seconds > warnSkewSeconds ? remark : undefined);
}
