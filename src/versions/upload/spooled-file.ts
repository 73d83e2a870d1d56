import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
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
    await mkdir(folder, { recursive: true });
    await pipeline(source, meter, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
  } catch (error) {
    await remove();
    const isSystemError = typeof (error as NodeJS.ErrnoException).syscall === 'string';
    throw isSystemError ? StorageUnavailable(undefined, { cause: error }) : error;
  }
  return { size, sha256: digest.digest('hex'), open: () => createReadStream(path), remove };
}
