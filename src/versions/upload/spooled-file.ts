import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PayloadTooLarge, StorageUnavailable } from '../../common/errors/catalogue.js';
import type { ObjectBytes } from '../reservations/reserved-objects.js';

/** A file that came in and waits on disk until it is known whether it is wanted. */
export interface SpooledFile extends ObjectBytes {
  remove(): Promise<void>;
}

/**
 * Writes a stream into a temporary file of the folder while its digest is taken; leaves nothing behind when it fails.
 * @throws PayloadTooLarge as soon as more than `largestBytes` have come, StorageUnavailable when the disk is full
 */
export async function spoolToFile(
  source: Readable,
  { folder, largestBytes, signal }: { folder: string; largestBytes: number; signal: AbortSignal },
): Promise<SpooledFile> {
  const path = join(folder, `${randomUUID()}.part`);
  const digest = createHash('sha256');
  let size = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      digest.update(chunk);
      done(size > largestBytes ? PayloadTooLarge() : null, chunk);
    },
  });
  const remove = () => rm(path, { force: true });
  try {
    await reachDisk(() => mkdir(folder, { recursive: true }));
    await pipeline(source, meter, (chunks: AsyncIterable<Buffer>) => writeOut(path, chunks), { signal });
  } catch (error) {
    await remove();
    throw error;
  }
  return { size, sha256: digest.digest('hex'), open: () => createReadStream(path), remove };
}

async function writeOut(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  await using file = await reachDisk(() => open(path, 'wx', 0o600));
  for await (const chunk of chunks) await reachDisk(() => file.writeFile(chunk));
}

/** Named here already: the source is destroyed with this error, and whoever reads the form must not take it for the client's. */
async function reachDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw StorageUnavailable(undefined, { cause });
  }
}
