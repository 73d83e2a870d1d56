import type { ByteReader } from '../byte-reader.js';
import { packageLimits } from '../package-limits.js';
import { InvalidPackage } from '../invalid-package.js';
import { readEntryPath } from './entry-name.js';
import { ExtendedHeaders } from './extended-headers.js';
import { entryError, readTarHeader, tarBlockBytes, type TarHeader } from './tar-header.js';

const zeros = Buffer.alloc(64 * 1024);

export interface TarEntry {
  path: string;
  kind: 'file' | 'directory';
  size: number;
}

export interface ReadableTarEntry extends TarEntry {
  /** The first `limit` bytes, once, before the next entry is asked for. The buffer is only good until then. */
  read: (limit: number) => Promise<Buffer>;
}

/**
 * The files and directories of a tar archive in their order; ends only after two end blocks and nothing but zeros. No
 * library refuses all that docs/protocols/package-format.md refuses: tar-stream skips single zero blocks, parses sizes
 * leniently and lets the last of several extended headers win.
 */
export async function* tarEntries(bytes: ByteReader): AsyncGenerator<ReadableTarEntry> {
  const tar = new TarBytes(bytes);
  let extended = new ExtendedHeaders();
  for (;;) {
    const header = await tar.header();
    if (!header) break;
    if (header.kind === 'file' || header.kind === 'directory') {
      yield* openEntry(tar, extended.applyTo(header), header.kind);
      extended = new ExtendedHeaders();
    } else {
      if (header.size > packageLimits.extendedHeaderBytes)
        throw entryError(header.name, 'is an extended header of over 64 KiB');
      extended.add(header.kind, await tar.body(header.name, header.size));
      await tar.skip(header.name, paddedSize(header.size) - header.size);
    }
  }
  if (extended.pending) throw new InvalidPackage('tar: no entry follows the last extended header');
  await tar.assertEnd();
}

async function* openEntry(tar: TarBytes, header: TarHeader, kind: TarEntry['kind']): AsyncGenerator<ReadableTarEntry> {
  const { size } = header;
  const path = readEntryPath(header.name, kind);
  if (kind === 'directory' && size > 0) throw entryError(path, 'is a directory, but has a size');
  let readBytes = 0;
  const read = async (limit: number) => {
    readBytes = Math.min(limit, size);
    return tar.body(path, readBytes);
  };
  yield { path, kind, size, read };
  await tar.skip(path, paddedSize(size) - readBytes);
}

function paddedSize(size: number): number {
  return Math.ceil(size / tarBlockBytes) * tarBlockBytes;
}

/** The archive as blocks and bodies; every short read is a refusal. */
class TarBytes {
  private offset = 0;

  constructor(private readonly bytes: ByteReader) {}

  /** Undefined at the first of the end blocks. */
  async header(): Promise<TarHeader | undefined> {
    const block = await this.bytes.take(tarBlockBytes);
    if (block.length === 0 && this.offset === 0)
      throw new InvalidPackage('tar: the archive is empty; prompt.yaml is missing');
    if (block.length === 0) throw new InvalidPackage('tar: the archive ends without its two end blocks');
    if (block.length < tarBlockBytes) throw new InvalidPackage(`tar: the archive ends in the middle of a header`);
    if (isZero(block)) return undefined;
    const header = readTarHeader(block, this.offset);
    this.offset += tarBlockBytes;
    return header;
  }

  async body(path: Buffer | string, length: number): Promise<Buffer> {
    const body = await this.bytes.take(length);
    if (body.length < length) throw endsInside(path);
    this.offset += length;
    return body;
  }

  async skip(path: Buffer | string, length: number): Promise<void> {
    if (!(await this.bytes.skip(length))) throw endsInside(path);
    this.offset += length;
  }

  /** The first end block has been read. */
  async assertEnd(): Promise<void> {
    const second = await this.bytes.take(tarBlockBytes);
    if (second.length < tarBlockBytes) throw new InvalidPackage('tar: the archive ends without its second end block');
    if (!isZero(second)) throw new InvalidPackage('tar: a single block of zeros stands between entries');
    for (let rest = await this.bytes.next(); rest; rest = await this.bytes.next()) {
      if (!isZero(rest)) throw new InvalidPackage('tar: something other than zeros follows the end blocks');
    }
  }
}

function endsInside(path: Buffer | string): InvalidPackage {
  return entryError(path, 'is cut off: the archive ends in the middle of it');
}

function isZero(bytes: Buffer): boolean {
  for (let start = 0; start < bytes.length; start += zeros.length) {
    const part = bytes.subarray(start, start + zeros.length);
    if (!part.equals(zeros.subarray(0, part.length))) return false;
  }
  return true;
}
