import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Client } from 'minio';
import { assertSize, readBody } from '../object-body.js';
import type { ObjectSource, PutOptions, ReceivedBytes } from '../object-storage.js';
import { errorCode, ObjectBodyMismatch, withStorageErrors } from '../storage.errors.js';
import { toHeaders } from './s3-object.js';

/** The size of a read of a file. */
const stepBytes = 256 * 1024;

/** How stores refuse bytes that are not those of the signed digest. */
const mismatchCodes = new Set(['XAmzContentSHA256Mismatch', 'BadDigest']);

/**
 * The bytes of a source. A stream is read into memory before anything is sent, so that a failing or differing stream
 * never reaches the store, and a retry is possible.
 */
export async function receivedBytes(source: ObjectSource, options: PutOptions): Promise<ReceivedBytes> {
  if ('sha256' in source) {
    assertSize(isOnlyFile(source) ? await fileSize(source.file) : sizeOf(source.chunks), options);
    return source;
  }
  const bytes = Buffer.alloc(options.size);
  let offset = 0;
  const sha256 = await readBody(source, options, (chunk) => {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  });
  return { sha256, chunks: [bytes] };
}

/**
 * Sends an object in one conditional PUT, signed with the digest of its bytes, which the store compares. The client's
 * own `putObject` would read a file into memory, and compute two digests of it.
 */
export async function sendObject(
  client: Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  content: ReceivedBytes,
  { size, contentType, metadata }: PutOptions,
): Promise<void> {
  const headers = {
    ...toHeaders(metadata),
    'content-type': contentType,
    'content-length': String(size),
    'if-none-match': '*',
  };
  const options = { method: 'PUT', bucketName: bucket, objectName: key, headers };
  const body = bodyOf(content);
  try {
    const response = await client.makeRequestStreamAsync(options, body, content.sha256, [200], '');
    await finished(response.resume());
  } catch (error) {
    throw mismatchCodes.has(errorCode(error) ?? '')
      ? new ObjectBodyMismatch('the bytes are not those of the digest', { cause: error })
      : error;
  } finally {
    // A store that refuses an object may not read it to its end.
    if (!Buffer.isBuffer(body)) body.destroy();
  }
}

type InMemory = ReceivedBytes & { readonly chunks: readonly Uint8Array[] };

/** What is in memory as well need not be read from the file. */
function isOnlyFile(content: ReceivedBytes): content is Exclude<ReceivedBytes, InMemory> {
  return content.chunks === undefined;
}

function bodyOf(content: ReceivedBytes): Buffer | Readable {
  if (isOnlyFile(content)) return createReadStream(content.file, { highWaterMark: stepBytes });
  const [only, ...more] = content.chunks;
  return only && more.length === 0
    ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
    : Readable.from(content.chunks);
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

async function fileSize(path: string): Promise<number> {
  return (await withStorageErrors(() => stat(path))).size;
}
