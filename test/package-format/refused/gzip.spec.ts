import { endBlocks, gzip, required, tar, withEntries } from '../archives.js';
import { itRefuses } from './refusal.js';

const mib = 1024 * 1024;
const good = withEntries();
const zeros = (size: number) => Buffer.alloc(size);
function withByte(archive: Buffer, index: number, value: number): Buffer {
  const copy = Buffer.from(archive);
  copy.writeUInt8(value, index);
  return copy;
}

describe('readPackage refuses by gzip', () => {
  itRefuses([
    ['an empty file', () => zeros(0), 'gzip: the file is empty'],
    ['something else', () => Buffer.from('PK\x03\x04 this is a zip'), 'gzip: this is not a gzip file'],
    ['one byte', () => good.subarray(0, 1), 'gzip: the file ends in the middle of the gzip header'],
    ['half a header', () => good.subarray(0, 5), 'gzip: the file ends in the middle of the gzip header'],
    [
      'a name without an end',
      () => withByte(good.subarray(0, 10), 3, 0x08),
      'gzip: the file ends in the middle of the gzip header',
    ],
    [
      'an extra field without its bytes',
      () => Buffer.concat([withByte(good.subarray(0, 10), 3, 0x04), Buffer.from([9, 0, 1])]),
      'gzip: the file ends in the middle of the gzip header',
    ],
    ['another method', () => gzip(tar(required()), { method: 7 }), 'gzip: unknown compression method'],
    ['reserved flags', () => gzip(tar(required()), { flags: 0x20 }), 'gzip: the header has reserved flags'],
    [
      'a wrong header checksum',
      () => gzip(tar(required()), { flags: 0x02, extra: Buffer.from([1, 2]) }),
      'gzip: the header checksum is wrong',
    ],
    ['no compressed data', () => good.subarray(0, 10), 'gzip: the file ends in the middle of the compressed data'],
    [
      'half the data',
      () => good.subarray(0, good.length / 2),
      'gzip: the file ends in the middle of the compressed data',
    ],
    ['half a trailer', () => good.subarray(0, good.length - 3), 'gzip: the file ends before the checksum'],
    ['no trailer', () => good.subarray(0, good.length - 8), 'gzip: the file ends'],
    ['damaged data', () => withByte(good, 10, 0x07), 'gzip: the compressed data is damaged (invalid block type)'],
    ['a wrong CRC', () => gzip(tar(required()), { crc: 1 }), 'gzip: the checksum (CRC) is wrong'],
    ['a wrong size', () => gzip(tar(required()), { size: 1 }), 'gzip: the size in the trailer is wrong'],
    ['bytes after it', () => Buffer.concat([good, Buffer.from('x')]), 'gzip: bytes follow the member'],
    ['zeros after it', () => Buffer.concat([good, zeros(512)]), 'gzip: bytes follow the member'],
    ['a second member', () => Buffer.concat([good, gzip(zeros(0))]), 'gzip: there is more than one member'],
    [
      'two members that make one tar',
      () => Buffer.concat([gzip(required()), gzip(endBlocks)]),
      'gzip: there is more than one member',
    ],
    [
      'a file over 10 MiB',
      () => Buffer.concat([withByte(good.subarray(0, 10), 3, 0x10), Buffer.alloc(10 * mib, 1)]),
      'gzip: the file is over 10 MiB',
    ],
  ]);
});
