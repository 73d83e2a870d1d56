import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { gunzipAtOnce } from './gunzip-at-once.js';
import { ByteReader } from '../byte-reader.js';
import { packageLimits } from '../package-limits.js';
import { InvalidPackage } from '../invalid-package.js';
import { skipGzipHeader } from './gzip-header.js';

const inflateChunkBytes = 256 * 1024;

interface Sum {
  crc: number;
  size: number;
}

/**
 * Unpacks a file that is exactly one gzip member, and refuses what follows it. Node's own Gunzip reads several members
 * as one and ignores bytes after them, so header and trailer are read here and only the deflate stream by zlib.
 */
export async function* gunzip(source: AsyncIterable<unknown> | Uint8Array): AsyncGenerator<Buffer> {
  const unpacked = source instanceof Uint8Array ? await gunzipAtOnce(source) : undefined;
  if (unpacked) yield unpacked;
  else yield* gunzipInSteps(source instanceof Uint8Array ? once(source) : source);
}

async function* gunzipInSteps(source: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  const input = new ByteReader(compressedBytes(source));
  await skipGzipHeader(input);
  const sum = yield* inflateMember(input);
  await checkTrailer(input, sum);
  await assertEnd(input);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function* compressedBytes(source: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('an archive is read from a stream of bytes');
    total += chunk.length;
    if (total > packageLimits.archiveBytes) throw new InvalidPackage('gzip: the file is over 10 MiB');
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

async function* inflateMember(input: ByteReader): AsyncGenerator<Buffer, Sum> {
  const inflate = createInflateRaw({ chunkSize: inflateChunkBytes });
  const fed = feed(input, inflate);
  fed.catch(() => inflate.destroy());
  const chunks: AsyncIterable<Buffer> = inflate;
  const sum: Sum = { crc: 0, size: 0 };
  try {
    for await (const chunk of chunks) {
      sum.size += chunk.length;
      if (sum.size > packageLimits.unpackedBytes) throw new InvalidPackage('gzip: over 52 MiB come out of it');
      sum.crc = crc32(chunk, sum.crc);
      yield chunk;
      free(chunk);
    }
  } catch (error) {
    if (isZlibError(error)) throw new InvalidPackage(`gzip: the compressed data is damaged (${error.message})`);
    if (!(error instanceof InvalidPackage)) await fed;
    throw error;
  } finally {
    inflate.destroy();
  }
  await fed;
  return sum;
}

/**
 * Frees the memory of a used chunk at once, because about 30 MiB would accumulate until garbage collection. zlib fills
 * one buffer after the other and does not use a full one again.
 */
function free(chunk: Buffer): void {
  const { buffer, byteOffset, byteLength } = chunk;
  if (buffer instanceof ArrayBuffer && byteOffset + byteLength === buffer.byteLength) buffer.transfer(0);
}

/** Feeds chunks to zlib until the member ends, and puts back the bytes after it. */
async function feed(input: ByteReader, inflate: InflateRaw): Promise<void> {
  for (let fed = 0; ;) {
    const chunk = await input.next();
    if (!chunk) throw new InvalidPackage('gzip: the file ends in the middle of the compressed data');
    await write(inflate, chunk);
    fed += chunk.length;
    const unused = fed - inflate.bytesWritten;
    if (unused > 0) input.putBack(chunk.subarray(chunk.length - unused));
    if (unused > 0 || inflate.destroyed) return;
  }
}

/**
 * Resolves once zlib has consumed the chunk or is closed, because a destroyed stream never calls back for a pending
 * write.
 */
function write(inflate: InflateRaw, chunk: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  inflate.once('close', resolve);
  inflate.write(chunk, () => {
    inflate.off('close', resolve);
    resolve();
  });
  return promise;
}

async function checkTrailer(input: ByteReader, sum: Sum): Promise<void> {
  const trailer = await input.take(8);
  if (trailer.length < 8) throw new InvalidPackage('gzip: the file ends before the checksum');
  if (trailer.readUInt32LE(0) !== sum.crc) throw new InvalidPackage('gzip: the checksum (CRC) is wrong');
  if (trailer.readUInt32LE(4) !== sum.size) throw new InvalidPackage('gzip: the size in the trailer is wrong');
}

async function assertEnd(input: ByteReader): Promise<void> {
  const after = await input.take(2);
  if (after.length === 0) return;
  const what = after[0] === 0x1f && after[1] === 0x8b ? 'there is more than one member' : 'bytes follow the member';
  throw new InvalidPackage(`gzip: ${what}`);
}

function isZlibError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('Z_');
}
