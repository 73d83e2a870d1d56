import type { Client } from 'minio';
import type { ProbeCheck } from '../object-storage.js';
import { errorCode } from '../storage.errors.js';
import { check, ProbeFailure } from '../storage-probe.js';
import type { LimitedTransport } from './limited-transport.js';

interface BucketProbe {
  readonly bucket: string;
  readonly region: string;
  /** Whether a bucket that is not there is to be made. */
  readonly makes: boolean;
  readonly now: () => Date;
}

/** Stores refuse signatures that are 15 minutes off; download addresses lose or gain what the clocks differ by. */
const MAX_SKEW_SECONDS = 300;
const WARN_SKEW_SECONDS = 60;

/** Looks for the bucket, and compares the store's clock with ours. */
export async function checkBucket(
  client: Client,
  transport: LimitedTransport,
  probe: BucketProbe,
): Promise<ProbeCheck[]> {
  const done: { notice?: string } = {};
  const place = await check('bucket', async () => {
    try {
      if (await ensureBucket(client, probe)) done.notice = 'the bucket was not there, and has been made';
    } catch (error) {
      throw await explain(error, client, transport, probe);
    }
  });
  const told = { ...place, ...done };
  // Any answer tells the time, and a refusal may well be due to it.
  const date = transport.response?.headers.date;
  return date === undefined ? [told] : [told, await check('clock', () => compareClocks(date, probe.now()))];
}

async function ensureBucket(client: Client, { bucket, region, makes }: BucketProbe): Promise<boolean> {
  if (await client.bucketExists(bucket)) return false;
  if (!makes) throw new ProbeFailure('it is gone, and only a start makes it');
  try {
    await client.makeBucket(bucket, region);
    return true;
  } catch (error) {
    // Another process of this product started at the same time.
    if (errorCode(error) === 'BucketAlreadyOwnedByYou') return false;
    throw error;
  }
}

/** A request for another region is answered without a reason where the answer has no body. */
async function explain(error: unknown, client: Client, transport: LimitedTransport, probe: BucketProbe) {
  const status = transport.response?.statusCode;
  if (status !== 301 && status !== 307 && status !== 400) return error;
  const told = regionOf(error) ?? (await askForRegion(client, probe.bucket));
  if (told !== undefined && told !== probe.region) {
    return new ProbeFailure(`it is in the region ${told}, not in ${probe.region}: set S3_REGION`);
  }
  return errorCode(error) ? error : new ProbeFailure(`the store answers ${status}`);
}

async function askForRegion(client: Client, bucket: string): Promise<string | undefined> {
  return client.listObjectsV2Query(bucket, '', '', '', 1, '').then(() => undefined, regionOf);
}

/** What the client found in the body or the headers of an answer. */
function regionOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { region, amzBucketRegion } = error as { region?: unknown; amzBucketRegion?: unknown };
  return [region, amzBucketRegion].find((each): each is string => typeof each === 'string' && /^[\w-]+$/.test(each));
}

function compareClocks(date: string, now: Date): Promise<string | void> {
  const seconds = Math.round(Math.abs(new Date(date).getTime() - now.getTime()) / 1000);
  const remark = `the clocks of this server and of the object store differ by ${seconds} s`;
  if (!(seconds <= MAX_SKEW_SECONDS)) return Promise.reject(new ProbeFailure(remark));
  return Promise.resolve(seconds > WARN_SKEW_SECONDS ? remark : undefined);
}
