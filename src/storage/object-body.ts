import { createHash } from 'node:crypto';
import { addAbortSignal, PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ByteRange, MAX_OBJECT_BYTES, type PutOptions } from './object-storage.js';
import { asStorageError, InvalidObject, ObjectBodyMismatch, RangeOutsideObject } from './storage.errors.js';

const MetadataName = /^[a-z0-9-]{1,64}$/;
/** What a header carries through every server unchanged: no spaces at an end, nor two of them together. */
const MetadataValue = /^[!-~]+(?: [!-~]+)*$/;
/** S3's limit. */
const MAX_METADATA_BYTES = 2048;

/** @throws InvalidObject for what not every adapter could store and give back unchanged */
export function assertStorable({ size, contentType, metadata }: PutOptions): void {
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_OBJECT_BYTES) {
    throw new InvalidObject(`an object has 0 to ${MAX_OBJECT_BYTES} bytes, not ${size}`);
  }
  if (!MetadataValue.test(contentType) || contentType.length > 128) throw new InvalidObject('no usable content type');
  const entries = Object.entries(metadata);
  const odd = entries.find(([name, value]) => !MetadataName.test(name) || !MetadataValue.test(value));
  if (odd) throw new InvalidObject(`metadata ${JSON.stringify(odd)} would not come back as they are`);
  if (entries.flat().join('').length > MAX_METADATA_BYTES) throw new InvalidObject('too much metadata');
}

/**
 * Reads the body to its end, hands over its bytes in order, and returns their sha256 in hex.
 * @throws ObjectBodyMismatch as soon as the body cannot be the announced one any more; what the body fails with
 */
export async function readBody(
  body: AsyncIterable<unknown>,
  { size, sha256, signal }: PutOptions,
  write: (bytes: Uint8Array) => void | Promise<void>,
): Promise<string> {
  signal?.throwIfAborted();
  if (signal && body instanceof Readable) addAbortSignal(signal, body);
  const hash = createHash('sha256');
  let received = 0;
  for await (const chunk of body) {
    signal?.throwIfAborted();
    if (!(chunk instanceof Uint8Array)) throw new InvalidObject('the body is no stream of bytes');
    received += chunk.byteLength;
    if (received > size) throw new ObjectBodyMismatch(`the body is longer than the announced ${size} bytes`);
    hash.update(chunk);
    await write(chunk);
  }
  if (received !== size) throw new ObjectBodyMismatch(`the body has ${received} bytes, not the announced ${size}`);
  const digest = hash.digest('hex');
  if (sha256 !== undefined && sha256 !== digest) throw new ObjectBodyMismatch(`the body's sha256 is ${digest}`);
  return digest;
}

/** Ends a body that is not read to its end; what is no stream has nothing open unless it is being read. */
export function letGo(body: AsyncIterable<unknown>): void {
  if (body instanceof Readable) body.destroy();
}

/** @throws RangeError for what is no range of any object */
export function assertRange({ start, end }: ByteRange): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start) return;
  throw new RangeError(`${start} to ${end} is no range of bytes`);
}

/** The part of an object of `size` bytes that `range` names. @throws RangeOutsideObject */
export function clip(range: ByteRange, size: number): ByteRange {
  assertRange(range);
  if (range.start >= size) throw new RangeOutsideObject(size);
  return { start: range.start, end: Math.min(range.end, size - 1) };
}

/** The same bytes, failing as the port says, and ending with whichever of source, reader or signal ends first. */
export function asObjectBody(source: Readable, signal?: AbortSignal): Readable {
  const body = new PassThrough({
    destroy: (error, done) => done(error && (signal?.aborted ? error : asStorageError(error))),
  });
  // Whoever reads the body learns of the failure from the body.
  pipeline(source, body, { signal }).catch(() => undefined);
  return body;
}
