import { crc32 } from 'node:zlib';
import type { ByteReader } from '../byte-reader.js';
import { InvalidPackage } from '../invalid-package.js';

const deflateMethod = 8;
const gzipFlags = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10, reserved: 0xe0 } as const;

/** Skips the header of a gzip member (RFC 1952, 2.3), and verifies its optional checksum. */
export async function skipGzipHeader(input: ByteReader): Promise<void> {
  const header = new HeaderBytes(input);
  const flags = checkFixedPart(await input.take(10), header);
  if (flags & gzipFlags.extra) await header.take((await header.take(2)).readUInt16LE());
  if (flags & gzipFlags.name) await header.skipText();
  if (flags & gzipFlags.comment) await header.skipText();
  if (flags & gzipFlags.headerCrc) await header.checkCrc();
}

function checkFixedPart(fixed: Buffer, header: HeaderBytes): number {
  if (fixed.length === 0) throw new InvalidPackage('gzip: the file is empty');
  if (fixed[0] !== 0x1f || (fixed.length > 1 && fixed[1] !== 0x8b))
    throw new InvalidPackage('gzip: this is not a gzip file');
  if (fixed.length < 10) throw truncated();
  if (fixed[2] !== deflateMethod) throw new InvalidPackage('gzip: unknown compression method');
  const flags = fixed.readUInt8(3);
  if (flags & gzipFlags.reserved) throw new InvalidPackage('gzip: the header has reserved flags');
  header.count(fixed);
  return flags;
}

function truncated(): InvalidPackage {
  return new InvalidPackage('gzip: the file ends in the middle of the gzip header');
}

/** The variable parts of the header, with the running checksum over all of it. */
class HeaderBytes {
  private crc = 0;

  constructor(private readonly input: ByteReader) {}

  count(bytes: Buffer): void {
    this.crc = crc32(bytes, this.crc);
  }

  async take(length: number): Promise<Buffer> {
    const bytes = await this.input.take(length);
    if (bytes.length < length) throw truncated();
    this.count(bytes);
    return bytes;
  }

  /** A text ends with NUL. It is not stored, because it may be as long as the archive. */
  async skipText(): Promise<void> {
    for (;;) {
      const bytes = await this.input.next();
      if (!bytes) throw truncated();
      const end = bytes.indexOf(0);
      this.count(end < 0 ? bytes : bytes.subarray(0, end + 1));
      if (end < 0) continue;
      this.input.putBack(bytes.subarray(end + 1));
      return;
    }
  }

  async checkCrc(): Promise<void> {
    const expected = this.crc & 0xffff;
    if ((await this.take(2)).readUInt16LE() !== expected)
      throw new InvalidPackage('gzip: the header checksum is wrong');
  }
}
