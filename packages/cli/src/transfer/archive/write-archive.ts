import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { type ArchiveFile, manifestFile } from '@promptyard/import/archive/archive-format.js';
import { SafePath } from '../../files/safe-path.js';
import { replaceFileWith } from '../../files/write-files.js';

/**
 * Streams files into a .tar.gz, followed by the digest of each. The archive gets its name when it is complete. Returns
 * its size in bytes.
 */
export async function writeArchive(file: string, files: AsyncIterable<ArchiveFile>): Promise<number> {
  return await replaceFileWith(SafePath.fromArgument(file), 0o600, async (handle) => {
    const tar = pack();
    const target = handle.createWriteStream();
    const writing = pipeline(tar, createGzip(), target);
    const outcomes = await Promise.allSettled([fill(tar, files, writing), writing]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return target.bytesWritten;
  });
}

async function fill(tar: Pack, files: AsyncIterable<ArchiveFile>, writing: Promise<void>): Promise<void> {
  const failed = new Promise<never>((_, fail) => void writing.catch(fail));
  try {
    const written = [];
    for await (const { path, bytes } of files) {
      await Promise.race([add(tar, path, bytes), failed]);
      written.push({ path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    }
    await Promise.race([add(tar, manifestFile, json({ files: written })), failed]);
    tar.finalize();
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** Waits until the stream has accepted it, so that only this file is in memory. */
function add(tar: Pack, name: string, bytes: Buffer): Promise<void> {
  return new Promise((done, fail) => {
    tar.entry({ name, size: bytes.length }, bytes, (error) => (error ? fail(error) : done()));
  });
}

export function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`);
}
