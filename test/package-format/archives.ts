import { Readable } from 'node:stream';
import { crc32, deflateRawSync } from 'node:zlib';

/** Writes archives byte by byte, so that a test can break any of them. */
const blockSize = 512;

export const endBlocks = Buffer.alloc(2 * blockSize);

export const manifestText = 'name: greeting\nversion: 1.0.0\n';
export const templateText = 'Hello {{who}}\n';

export interface HeaderFields {
  name: string | Buffer;
  type: string;
  size: number | Buffer;
  magic: string;
  prefix: string;
  link: string;
  checksum: number;
}

/** A ustar header; a Buffer as name or size is written as it is. */
export function header(fields: Partial<HeaderFields>): Buffer {
  const { name = '', type = '0', size = 0, magic = 'ustar\x0000', prefix = '', link = '' } = fields;
  const block = Buffer.alloc(blockSize);
  Buffer.from(name).copy(block, 0, 0, 100);
  block.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  (Buffer.isBuffer(size) ? size : Buffer.from(`${octal(size, 11)}\0`)).copy(block, 124, 0, 12);
  block.write('07000000000\0', 136, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(link, 157, 'utf8');
  block.write(magic, 257, 'latin1');
  block.write(prefix, 345, 'utf8');
  block.write(`${octal(fields.checksum ?? checksum(block), 6)}\0 `, 148, 'latin1');
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

export function checksum(block: Buffer): number {
  const copy = Buffer.from(block).fill(' ', 148, 156);
  return copy.reduce((sum, byte) => sum + byte, 0);
}

export function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc((blockSize - (body.length % blockSize)) % blockSize)]);
}

export function entry(name: string | Buffer, body: string | Buffer = '', fields: Partial<HeaderFields> = {}): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([header({ name, size: bytes.length, ...fields }), padded(bytes)]);
}

export function directory(name: string, fields: Partial<HeaderFields> = {}): Buffer {
  return header({ name, type: '5', ...fields });
}

/** A PAX header of type `x` (or `g`); a string is written as the body as it is. */
export function pax(records: Record<string, string | Buffer> | string, type = 'x'): Buffer {
  const body =
    typeof records === 'string'
      ? Buffer.from(records)
      : Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, value)));
  return entry('PaxHeader', body, { type });
}

export function paxRecord(key: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

export function gnuLongName(name: string | Buffer, end = '\0'): Buffer {
  return entry('././@LongLink', Buffer.concat([Buffer.from(name), Buffer.from(end)]), {
    type: 'L',
    magic: 'ustar  \0',
  });
}

/** `prompt.yaml` and `prompt.md` as they should be; a test adds or replaces. */
export function required({
  manifest = manifestText,
  template = templateText,
}: { manifest?: string | Buffer; template?: string | Buffer } = {}): Buffer {
  return Buffer.concat([entry('prompt.yaml', manifest), entry('prompt.md', template)]);
}

export function tar(...entries: Buffer[]): Buffer {
  return Buffer.concat([...entries, endBlocks]);
}

export interface GzipFields {
  flags: number;
  method: number;
  extra: Buffer;
  crc: number;
  size: number;
}

export function gzip(data: Buffer, fields: Partial<GzipFields> = {}): Buffer {
  const { flags = 0, method = 8, extra = Buffer.alloc(0), crc = crc32(data), size = data.length } = fields;
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc >>> 0, 0);
  trailer.writeUInt32LE(size >>> 0, 4);
  const head = Buffer.from([0x1f, 0x8b, method, flags, 0, 0, 0, 0, 0, 3]);
  return Buffer.concat([head, extra, deflateRawSync(data), trailer]);
}

/** The .tar.gz of good required files and then `entries`. */
export function withEntries(...entries: Buffer[]): Buffer {
  return gzip(tar(required(), ...entries));
}

export function withManifest(manifest: string | Buffer): Buffer {
  return gzip(tar(required({ manifest })));
}

/** A stream of chunks of `chunkSize` bytes, as they come from a socket. */
export function stream(bytes: Buffer, chunkSize = 64 * 1024): Readable {
  const starts = Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, index) => index * chunkSize);
  return Readable.from(starts.map((start) => bytes.subarray(start, start + chunkSize)));
}
