import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PayloadTooLarge, StorageUnavailable } from '../../common/errors/catalogue.js';
import type { ObjectBytes } from '../reservations/reserved-objects.js';

/** What is no larger waits in memory: most packages are small, and a file takes a dozen calls of the system for each. */
const mostInMemory = 32 * 1024;

/** A file that came in and waits until it is known whether it is wanted. */
export interface SpooledFile extends ObjectBytes {
  remove(): Promise<void>;
}

/**
 * Takes a stream in while its digest is taken: into memory, or what is larger into a temporary file of the folder. Leaves
 * nothing behind when it fails.
 * @throws PayloadTooLarge as soon as more than `largestBytes` have come, StorageUnavailable when the disk is full
 */
export async function spool(
  source: Readable,
  { folder, largestBytes, signal }: { folder: string; largestBytes: number; signal: AbortSignal },
): Promise<SpooledFile> {
  const digest = createHash('sha256');
  let size = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      digest.update(chunk);
      done(size > largestBytes ? PayloadTooLarge() : null, chunk);
    },
  });
  const kept = new KeptBytes(join(folder, `${randomUUID()}.part`));
  const remove = () => kept.remove();
  try {
    await pipeline(source, meter, (chunks: AsyncIterable<Buffer>) => kept.take(chunks), { signal });
  } catch (error) {
    await remove();
    throw error;
  }
  return { size, sha256: digest.digest('hex'), open: () => kept.open(), remove };
}

class KeptBytes {
  /** One buffer for all: each of many tiny chunks would take a hundred times its size. */
  private readonly memory = Buffer.allocUnsafe(mostInMemory);
  private inMemory = 0;
  private isFile = false;

  constructor(private readonly path: string) {}

  open(): Readable {
    return this.isFile ? createReadStream(this.path) : Readable.from([this.memory.subarray(0, this.inMemory)]);
  }

  async remove(): Promise<void> {
    if (this.isFile) await rm(this.path, { force: true });
  }

  async take(chunks: AsyncIterable<Buffer>): Promise<void> {
    await using opened = new AsyncDisposableStack();
    let file: FileHandle | undefined;
    for await (const chunk of chunks) {
      if (!file && this.inMemory + chunk.length <= mostInMemory) {
        this.inMemory += chunk.copy(this.memory, this.inMemory);
        continue;
      }
      if (!file) {
        file = opened.use(await reachDisk(() => this.makeFile()));
        await write(file, this.memory.subarray(0, this.inMemory));
      }
      await write(file, chunk);
    }
  }

  private async makeFile(): Promise<FileHandle> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, 'wx', 0o600);
    this.isFile = true;
    return file;
  }
}

function write(file: FileHandle, bytes: Buffer): Promise<void> {
  return reachDisk(() => file.writeFile(bytes));
}

/** Named here already: the source is destroyed with this error, and whoever reads the form must not take it for the client's. */
async function reachDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw StorageUnavailable(undefined, { cause });
  }
}
