import { crc32 } from 'node:zlib';

const maxStoredBytes = 0xffff;

/** No name, no time, unknown system: nothing that differs between two machines. */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/**
 * Wraps bytes as a gzip file without compressing them. What zlib makes of the same input depends on its version and on
 * the processor, and a package's digest must not.
 */
export function storedGzip(data: Buffer): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeUInt32LE(data.length, 4);
  return Buffer.concat([gzipHeader, ...storedBlocks(data), trailer]);
}

/** RFC 1951, 3.2.4: one byte that is 1 in the last block, the length, its complement, the bytes. */
function* storedBlocks(data: Buffer): Generator<Buffer> {
  for (let start = 0; start < data.length; start += maxStoredBytes) {
    const block = data.subarray(start, start + maxStoredBytes);
    const head = Buffer.alloc(5);
    head.writeUInt8(start + block.length === data.length ? 1 : 0, 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    yield head;
    yield block;
  }
}
