import { createHash } from 'node:crypto';
import { addAbortSignal, PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ByteRange, maxObjectBytes, type ObjectSource, type PutOptions } from './object-storage.js';
import { asStorageError, InvalidObject, ObjectBodyMismatch, RangeOutsideObject } from './storage.errors.js';

const metadataNamePattern = /^[a-z0-9-]{1,64}$/;
/** Values that every server passes on unchanged: no spaces at the ends, and no two spaces together. */
const metadataValuePattern = /^[!-~]+(?: [!-~]+)*$/;
/** S3's limit. */
const maxMetadataBytes = 2048;

/** @throws InvalidObject for metadata that not every adapter can store unchanged */
export function assertStorable({ size, contentType, metadata }: PutOptions): void {
  if (!Number.isSafeInteger(size) || size < 0 || size > maxObjectBytes) {
    throw new InvalidObject(`an object has 0 to ${maxObjectBytes} bytes, not ${size}`);
  }
  if (!metadataValuePattern.test(contentType) || contentType.length > 128)
    throw new InvalidObject('no usable content type');
  const entries = Object.entries(metadata);
  const invalid = entries.find(([name, value]) => !metadataNamePattern.test(name) || !metadataValuePattern.test(value));
  if (invalid) throw new InvalidObject(`metadata ${JSON.stringify(invalid)} would not come back as they are`);
  if (entries.flat().join('').length > maxMetadataBytes) throw new InvalidObject('too much metadata');
}

/**
 * Reads the body to its end, hands over its bytes in order, and returns their sha256 in hex.
 * @throws ObjectBodyMismatch as soon as the body differs from the announced one, and errors of the body itself
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

/** Destroys a stream that was not read to its end. Other sources hold no resources. */
export function destroySource(source: ObjectSource): void {
  if (source instanceof Readable) source.destroy();
}

/** @throws ObjectBodyMismatch unless received bytes have the announced size */
export function assertSize(actual: number, { size }: PutOptions): void {
  if (actual !== size) throw new ObjectBodyMismatch(`there are ${actual} bytes, not the announced ${size}`);
}

/** @throws RangeError for an invalid range */
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

/** The same bytes, with the errors of the port. Ends when source, reader or signal ends. */
export function asObjectBody(source: Readable, signal?: AbortSignal): Readable {
  const body = new PassThrough({
    destroy: (error, done) => done(error && (signal?.aborted ? error : asStorageError(error))),
  });
  // The reader gets the failure from the body.
  pipeline(source, body, { signal }).catch(() => undefined);
  return body;
}
