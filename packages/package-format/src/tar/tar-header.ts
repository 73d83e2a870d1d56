import { InvalidPackage, quote } from '../invalid-package.js';
import { readTarNumber } from './tar-number.js';

export const tarBlockBytes = 512;

const posixMagic = Buffer.from('ustar\x0000', 'latin1');
const gnuMagic = Buffer.from('ustar  \0', 'latin1');

export type ExtendedKind = 'pax' | 'pax-global' | 'gnu-long-name';
export type TarKind = 'file' | 'directory' | ExtendedKind;

const kindByFlag: Readonly<Record<string, TarKind>> = {
  '\0': 'file',
  '0': 'file',
  '5': 'directory',
  x: 'pax',
  g: 'pax-global',
  L: 'gnu-long-name',
};

const refusedKindByFlag: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a FIFO',
  '7': 'a contiguous file',
  K: 'a long link name',
  S: 'a sparse file',
};

export interface TarHeader {
  /** The name in the header; an extended header may replace it. */
  name: Buffer;
  kind: TarKind;
  size: number;
}

/** Reads a block that is not all zeros as a ustar or GNU header. `offset` is its place in the archive, for the reason. */
export function readTarHeader(block: Buffer, offset: number): TarHeader {
  if (readTarNumber(block.subarray(148, 156)) !== checksum(block)) throw new InvalidPackage(badChecksum(offset));
  const name = readName(block, isPosix(block));
  return { name, kind: readKind(block, name), size: readSize(block, name) };
}

function badChecksum(offset: number): string {
  return offset === 0
    ? 'tar: this is not a tar archive (bad header checksum in its first block)'
    : `tar: bad header checksum at byte ${offset}`;
}

/** The sum of all bytes, with the eight of the checksum itself counted as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const byte of block.subarray(0, 148)) sum += byte;
  for (const byte of block.subarray(156)) sum += byte;
  return sum;
}

function isPosix(block: Buffer): boolean {
  const magic = block.subarray(257, 265);
  if (magic.equals(posixMagic)) return true;
  if (magic.equals(gnuMagic)) return false;
  throw entryError(block.subarray(0, 100), 'has neither a ustar nor a GNU header');
}

/**
 * Only the POSIX format continues the name in the prefix; GNU keeps times and sparse maps there. star and npm's tar
 * keep times in the last 24 bytes of the prefix, after a NUL.
 */
function readName(block: Buffer, posix: boolean): Buffer {
  const name = untilNul(block.subarray(0, 100));
  const prefix = posix ? untilNul(block.subarray(345, block[475] === 0 ? 475 : 500)) : Buffer.alloc(0);
  return prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : Buffer.from(name);
}

/** All bytes after the first NUL must be NUL. Otherwise the NUL stays in the name, which is then refused. */
function untilNul(field: Buffer): Buffer {
  const end = field.indexOf(0);
  if (end < 0) return field;
  return field.subarray(end).every((byte) => byte === 0) ? field.subarray(0, end) : field;
}

function readKind(block: Buffer, name: Buffer): TarKind {
  const flag = String.fromCharCode(block.readUInt8(156));
  const kind = kindByFlag[flag];
  if (kind) return kind;
  const what = refusedKindByFlag[flag] ?? `of an unknown type ${quote(flag)}`;
  throw entryError(name, `is ${what}; only regular files and directories are taken`);
}

function readSize(block: Buffer, name: Buffer): number {
  const size = readTarNumber(block.subarray(124, 136));
  if (size === undefined) throw entryError(name, 'has a size that is not a number');
  return size;
}

/** An error that names the entry, for any bytes in its name. */
export function entryError(name: Buffer | string, problem: string): InvalidPackage {
  const text = typeof name === 'string' ? name : name.toString('utf8').replace(/\0[^]*$/, '');
  return new InvalidPackage(`tar: entry ${quote(text)} ${problem}`);
}
