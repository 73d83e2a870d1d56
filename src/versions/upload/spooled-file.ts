import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StorageFull } from '../../common/errors/catalogue.js';
import { errorCode, isFull } from '../../storage/storage.errors.js';
import type { ObjectBytes } from '../reservations/reserved-object-store.js';
import { TemporaryFilesUnavailable } from '../versions.errors.js';

/** Smaller packages stay in memory, because most packages are small and a file takes a dozen system calls. */
const maxInMemoryBytes = 32 * 1024;

/** The size of a read or write, each of which takes a round trip through the thread pool. */
const stepBytes = 256 * 1024;

/** An uploaded file that waits for its check. */
export type SpooledFile = ObjectBytes & {
  /** Each chunk is valid until the next one is read. */
  open(): AsyncIterable<Uint8Array>;
  remove(): Promise<void>;
};

/** The bytes of an upload, in memory up to a size, then in a file. */
export class SpooledBytes {
  /** One buffer for many chunks, because each tiny chunk would take a hundred times its size. */
  private buffer = Buffer.allocUnsafe(maxInMemoryBytes);
  private filled = 0;
  private isFile = false;
  private isRemoved = false;

  constructor(private readonly path: string) {}

  /** What has been received, once that is complete. */
  get content(): { readonly bytes: Uint8Array } | { readonly file: string } {
    return this.isFile ? { file: this.path } : { bytes: this.buffer.subarray(0, this.filled) };
  }

  /** Reuses one buffer, which avoids garbage. */
  async *open(): AsyncGenerator<Buffer> {
    if (!this.isFile) {
      yield this.buffer.subarray(0, this.filled);
      return;
    }
    await using file = await withDiskErrors(() => open(this.path));
    const step = Buffer.allocUnsafe(stepBytes);
    for (;;) {
      const { bytesRead } = await withDiskErrors(() => file.read(step, 0, stepBytes));
      if (bytesRead === 0) return;
      yield step.subarray(0, bytesRead);
    }
  }

  async remove(): Promise<void> {
    this.isRemoved = true;
    if (this.isFile) await rm(this.path, { force: true });
  }

  async receive(chunks: AsyncIterable<Buffer>): Promise<void> {
    const opened: { file?: FileHandle } = {};
    try {
      for await (const chunk of chunks) await this.append(chunk, opened);
      if (opened.file) await this.writeOut(opened.file);
    } finally {
      await opened.file?.close();
    }
  }

  private async append(chunk: Buffer, opened: { file?: FileHandle }): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      const copied = rest.copy(this.buffer, this.filled);
      this.filled += copied;
      rest = rest.subarray(copied);
      if (rest.length === 0) return;
      if (opened.file) await this.writeOut(opened.file);
      else {
        opened.file = await withDiskErrors(() => this.makeFile());
        this.grow();
      }
    }
  }

  private grow(): void {
    const larger = Buffer.allocUnsafe(stepBytes);
    this.buffer.copy(larger, 0, 0, this.filled);
    this.buffer = larger;
  }

  private async writeOut(file: FileHandle): Promise<void> {
    await withDiskErrors(() => file.writeFile(this.buffer.subarray(0, this.filled)));
    this.filled = 0;
  }

  private async makeFile(): Promise<FileHandle> {
    const file = await this.openNew();
    this.isFile = true;
    // The upload was removed meanwhile, before the file existed.
    if (this.isRemoved) await rm(this.path, { force: true });
    return file;
  }

  private async openNew(): Promise<FileHandle> {
    const openFile = () => open(this.path, 'wx', 0o600);
    try {
      return await openFile();
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      await mkdir(dirname(this.path), { recursive: true });
      return openFile();
    }
  }
}

/**
 * Maps disk errors here, because the source is destroyed with this error, which must not count as an error of the
 * client.
 */
async function withDiskErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw (isFull(cause) ? StorageFull : TemporaryFilesUnavailable)(undefined, { cause });
  }
}
