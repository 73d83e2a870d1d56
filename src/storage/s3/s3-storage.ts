import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'minio';
import { asObjectBody, assertRange, assertStorable, destroySource } from '../object-body.js';
import { assertObjectKey } from '../object-keys.js';
import { ObjectStorage } from '../object-storage.js';
import type { DownloadUrlOptions, GetOptions, ListedObject, ListOptions } from '../object-storage.js';
import type { ObjectPage, ObjectSource, OpenedObject, PutOptions, ReceivedBytes } from '../object-storage.js';
import type { StorageVerdict, StoredObject } from '../object-storage.js';
import { asStorageError, errorCode, ObjectExists, RangeOutsideObject } from '../storage.errors.js';
import { ObjectProbe } from '../storage-probe.js';
import type { LimitedTransport, TransportLimits } from './limited-transport.js';
import { checkBucket } from './s3-bucket-probe.js';
import { type S3Access, S3Clients } from './s3-client.js';
import { fromHeaders } from './s3-object.js';
import { receivedBytes, sendObject } from './s3-upload.js';
import { S3UrlSigner } from './s3-url-signer.js';
import { downloadSigned } from './signed-download.js';

export interface S3StorageParts extends S3Access {
  /** The same server as downloaders reach it. */
  readonly publicEndpoint: string;
  /** Whether `probe` downloads from there. It always does if this process uses the same address. */
  readonly checksPublicEndpoint?: boolean;
  readonly bucket: string;
  /** Whether a missing bucket is created before it has been seen; true by default. */
  readonly canCreateBucket?: boolean;
  readonly limits?: TransportLimits;
  readonly now?: () => Date;
}

const defaultLimits: TransportLimits = { connectMs: 2_000, silenceMs: 10_000 };
/** The timeout of a whole call, because a store may send a byte now and then. Bodies of `get` are exempt. */
const callTimeoutMs = 60_000;
/** Delays between attempts of a put that conflicts with another put of the same key; S3 requires the retry. */
const conflictDelaysMs = [100, 300, 900];
const maxPageSize = 1000;

type Work<T> = (client: Client, transport: LimitedTransport) => Promise<T>;

/** Objects in a bucket of any S3-compatible server that honours `If-None-Match: *` on PUT. */
export class S3Storage extends ObjectStorage {
  override readonly incomingFolder = undefined;
  private readonly objectProbe: ObjectProbe;
  private hasSeenBucket = false;

  private constructor(
    private readonly clients: S3Clients,
    private readonly urls: S3UrlSigner,
    private readonly parts: S3StorageParts,
  ) {
    super();
    const isChecked = parts.checksPublicEndpoint !== false || parts.publicEndpoint === parts.endpoint;
    this.objectProbe = new ObjectProbe(this, isChecked ? (key, content) => this.download(key, content) : undefined);
  }

  /** Sends no request to the store. */
  static async open(parts: S3StorageParts): Promise<S3Storage> {
    const limits = parts.limits ?? defaultLimits;
    const { client } = new S3Clients({ ...parts, endpoint: parts.publicEndpoint }, limits).forCall();
    return new S3Storage(new S3Clients(parts, limits), await S3UrlSigner.forClient(client, parts), parts);
  }

  override async put(key: string, source: ObjectSource, options: PutOptions): Promise<void> {
    try {
      options.signal?.throwIfAborted();
      assertObjectKey(key);
      assertStorable(options);
      await this.send(key, await receivedBytes(source, options), options);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error;
    } finally {
      destroySource(source);
    }
  }

  override async get(key: string, { range, signal }: GetOptions = {}): Promise<OpenedObject | null> {
    assertObjectKey(key);
    if (range) assertRange(range);
    const length = range ? range.end - range.start + 1 : 0;
    return this.call(signal, async (client, transport) => {
      try {
        const answer = await client.getPartialObject(this.parts.bucket, key, range?.start ?? 0, length);
        return open(answer, transport, { range, signal });
      } catch (error) {
        if (isAbsent(error, transport)) return null;
        throw transport.response?.statusCode === 416 ? await this.rangeError(key) : error;
      }
    });
  }

  override async head(key: string): Promise<StoredObject | null> {
    assertObjectKey(key);
    return this.limitedCall(undefined, async (client, transport) => {
      try {
        await client.statObject(this.parts.bucket, key);
        return fromHeaders(transport.response?.headers ?? {});
      } catch (error) {
        if (isAbsent(error, transport)) return null;
        throw error;
      }
    });
  }

  override async delete(key: string): Promise<void> {
    assertObjectKey(key);
    await this.limitedCall(undefined, async (client, transport) => {
      try {
        await client.removeObject(this.parts.bucket, key);
      } catch (error) {
        if (!isAbsent(error, transport)) throw error;
      }
    });
  }

  override async list(prefix: string, { limit, cursor }: ListOptions): Promise<ObjectPage> {
    const count = Math.min(limit, maxPageSize);
    return this.limitedCall(undefined, async (client) => {
      const page = await client.listObjectsV2Query(this.parts.bucket, prefix, '', '', count, cursor ?? '');
      const objects = page.objects.flatMap(({ name, size, lastModified }): ListedObject[] =>
        name === undefined ? [] : [{ key: name, size, lastModified }],
      );
      return { objects, cursor: page.isTruncated ? (objects.at(-1)?.key ?? null) : null };
    });
  }

  override downloadUrl(key: string, options: DownloadUrlOptions): string {
    assertObjectKey(key);
    return this.urls.sign(key, options);
  }

  override async probe(): Promise<StorageVerdict> {
    const { bucket, region, canCreateBucket = true, now = () => new Date() } = this.parts;
    const { client, transport } = this.clients.forCall(AbortSignal.timeout(callTimeoutMs));
    const canCreate = canCreateBucket && !this.hasSeenBucket;
    const bucketChecks = await checkBucket(client, transport, { bucket, region, canCreate, now });
    this.hasSeenBucket ||= bucketChecks[0]?.ok === true;
    const checks = bucketChecks.every((each) => each.ok)
      ? [...bucketChecks, ...(await this.objectProbe.run())]
      : bucketChecks;
    return { ok: checks.every((each) => each.ok), checks };
  }

  /** Downloads the object from its URL, like a client. */
  private download(key: string, content: Buffer): Promise<void> {
    const address = this.urls.sign(key, { expiresIn: 60, filename: 'probe', contentType: 'text/plain' });
    return downloadSigned(address, content, this.parts.limits ?? defaultLimits, AbortSignal.timeout(callTimeoutMs));
  }

  private async send(key: string, content: ReceivedBytes, options: PutOptions): Promise<void> {
    for (const pause of conflictDelaysMs) {
      if (await this.trySend(key, content, options)) return;
      await delay(pause);
    }
    if (!(await this.trySend(key, content, options))) throw asStorageError(new Error('puts of one key keep colliding'));
  }

  /** False if another put of the same key was running and the winner is not known. */
  private trySend(key: string, content: ReceivedBytes, options: PutOptions): Promise<boolean> {
    return this.limitedCall(options.signal, async (client, transport) => {
      try {
        await sendObject(client, { bucket: this.parts.bucket, key }, content, options);
        return true;
      } catch (error) {
        if (transport.response?.statusCode === 412) throw new ObjectExists(key);
        if (transport.response?.statusCode === 409) return false;
        throw error;
      }
    });
  }

  /** The answer of the store to such a range does not always have the size. */
  private async rangeError(key: string): Promise<Error> {
    const object = await this.head(key);
    return new RangeOutsideObject(object?.size ?? 0);
  }

  private limitedCall<T>(signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    const limit = AbortSignal.timeout(callTimeoutMs);
    return this.call(signal, work, signal ? AbortSignal.any([signal, limit]) : limit);
  }

  /** @param requestSignal aborts the request: the caller's signal, or that and a time limit */
  private async call<T>(signal: AbortSignal | undefined, work: Work<T>, requestSignal = signal): Promise<T> {
    signal?.throwIfAborted();
    const { client, transport } = this.clients.forCall(requestSignal);
    try {
      return await work(client, transport);
    } catch (error) {
      signal?.throwIfAborted();
      throw asStorageError(error);
    }
  }
}

function open(answer: Readable, { response }: LimitedTransport, { range, signal }: GetOptions): OpenedObject {
  try {
    if (!response || (range && response.statusCode !== 206)) throw new Error('the object store ignored the range');
    return { ...fromHeaders(response.headers), body: asObjectBody(answer, signal) };
  } catch (error) {
    answer.destroy();
    throw error;
  }
}

/** A missing bucket does not count as a missing object, because nothing can be stored without the bucket. */
function isAbsent(error: unknown, { response }: LimitedTransport): boolean {
  return response?.statusCode === 404 && errorCode(error) !== 'NoSuchBucket';
}
