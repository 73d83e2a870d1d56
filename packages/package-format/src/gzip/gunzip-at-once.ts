import { crc32, inflateRawSync } from 'node:zlib';
import { ByteReader } from '../byte-reader.js';
import { skipGzipHeader } from './gzip-header.js';

/** What takes a fraction of a millisecond: less than the steps of a stream, each of which goes through a thread pool. */
const maxPackedBytes = 32 * 1024;
const maxUnpackedBytes = 128 * 1024;

const trailerBytes = 8;
/** So that zlib sees the end of the data before its buffer is full. */
const spareBytes = 64;

/** Unpacks a small valid file in one step. Undefined for every other one, which reading in steps refuses precisely. */
export async function gunzipAtOnce(file: Uint8Array): Promise<Buffer | undefined> {
  if (file.byteLength > maxPackedBytes || file.byteLength < trailerBytes) return undefined;
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const trailer = bytes.subarray(-trailerBytes);
  const size = trailer.readUInt32LE(4);
  if (size > maxUnpackedBytes) return undefined;
  try {
    const unpacked = inflate(await withoutHeader(bytes), size);
    return unpacked?.length === size && crc32(unpacked) === trailer.readUInt32LE(0) ? unpacked : undefined;
  } catch {
    return undefined;
  }
}

async function withoutHeader(bytes: Buffer): Promise<Buffer> {
  const input = new ByteReader(only(bytes));
  await skipGzipHeader(input);
  return (await input.next()) ?? Buffer.alloc(0);
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** What zlib returns with `info`, which its types leave out. */
interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Undefined unless the data ends where the trailer starts. @throws Error for data that zlib refuses */
function inflate(bytes: Buffer, size: number): Buffer | undefined {
  const room = size + spareBytes;
  const options = { chunkSize: room, maxOutputLength: room, info: true };
  const { buffer, engine } = inflateRawSync(bytes, options) as unknown as InflateInfo;
  return engine.bytesWritten + trailerBytes === bytes.length ? buffer : undefined;
}
