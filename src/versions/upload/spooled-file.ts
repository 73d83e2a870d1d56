import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StorageFull } from '../../common/errors/catalogue.js';
import { errorCode, isFull } from '../../storage/storage.errors.js';
import type { ObjectBytes } from '../reservations/reserved-object-store.js';
import { TemporaryFilesUnavailable } from '../versions.errors.js';
import { blockBytes, type BlockPool } from './block-pool.js';

/** Smaller packages stay in memory, because most packages are small and a file takes a dozen system calls. */
const maxInMemoryBytes = 32 * 1024;

/** Each write takes a round trip through the thread pool. */
const maxBlocksPerWrite = 4;

/** An uploaded file that waits for its check. */
export type SpooledFile = ObjectBytes & {
  /** The bytes as they are if they are few. Otherwise each chunk is valid until the next one is read. */
  open(): Uint8Array | AsyncIterable<Uint8Array>;
  remove(): Promise<void>;
};

/** The bytes of an upload: in memory up to a size, then in a file, and in memory as well while there are blocks. */
export class SpooledBytes {
  private buffer: Buffer = Buffer.alloc(0);
  private filled = 0;
  /** The blocks of the pool that are in use here: with `isInMemory` all bytes, in their order. */
  private readonly blocks: Buffer[] = [];
  private isInMemory = true;
  /** What is not yet written. */
  private readonly full: Buffer[] = [];
  private blocksPerWrite = 1;
  private isFile = false;
  private isRemoved = false;
  private isReceiving = false;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly pool: BlockPool,
  ) {}

  /** What has been received, once that is complete. */
  get content():
    { readonly chunks: readonly Buffer[] } | { readonly file: string; readonly chunks?: readonly Buffer[] } {
    if (!this.isFile) return { chunks: [this.buffer.subarray(0, this.filled)] };
    if (!this.isInMemory) return { file: this.path };
    const last = this.blocks.length - 1;
    return {
      file: this.path,
      chunks: this.blocks.map((block, i) => (i < last ? block : block.subarray(0, this.filled))),
    };
  }

  open(): Uint8Array | AsyncIterable<Uint8Array> {
    return this.isFile ? this.read() : this.buffer.subarray(0, this.filled);
  }

  async remove(): Promise<void> {
    this.isRemoved = true;
    if (!this.isReceiving) this.giveBackBlocks();
    if (this.isFile) await unlinkIfPresent(this.path);
  }

  async receive(chunks: AsyncIterable<Buffer>): Promise<void> {
    this.isReceiving = true;
    const opened: { file?: FileHandle } = {};
    try {
      for await (const chunk of chunks) await this.append(chunk, opened);
      if (opened.file) {
        this.full.push(this.buffer.subarray(0, this.filled));
        await this.writeOut(opened.file);
      }
      await this.writing;
    } finally {
      await this.writing.catch(() => undefined);
      await opened.file?.close();
      this.isReceiving = false;
      if (this.isRemoved) this.giveBackBlocks();
    }
  }

  private async *read(): AsyncGenerator<Uint8Array> {
    const { content } = this;
    if (content.chunks) {
      yield* content.chunks;
      return;
    }
    await using file = await withDiskErrors(() => open(this.path));
    // One buffer for all steps, which avoids garbage.
    const step = Buffer.allocUnsafe(blockBytes);
    for (;;) {
      const { bytesRead } = await withDiskErrors(() => file.read(step, 0, blockBytes));
      if (bytesRead === 0) return;
      yield step.subarray(0, bytesRead);
    }
  }

  private async append(chunk: Buffer, opened: { file?: FileHandle }): Promise<void> {
    if (this.buffer.length === 0 && canBeKept(chunk)) {
      this.buffer = chunk;
      this.filled = chunk.length;
      return;
    }
    for (let rest = chunk; rest.length > 0;) {
      if (this.filled === this.buffer.length) await this.makeRoom(opened);
      const copied = rest.copy(this.buffer, this.filled);
      this.filled += copied;
      rest = rest.subarray(copied);
    }
  }

  private async makeRoom(opened: { file?: FileHandle }): Promise<void> {
    if (opened.file) await this.nextBlock(opened.file);
    else if (this.buffer.length < maxInMemoryBytes) this.grow(Buffer.allocUnsafe(maxInMemoryBytes));
    else {
      opened.file = await withDiskErrors(() => this.makeFile());
      this.grow(this.takeBlock() ?? Buffer.allocUnsafe(blockBytes));
    }
  }

  private grow(larger: Buffer): void {
    this.buffer.copy(larger, 0, 0, this.filled);
    this.buffer = larger;
  }

  private async nextBlock(file: FileHandle): Promise<void> {
    this.full.push(this.buffer);
    const block = this.isInMemory ? this.takeBlock() : undefined;
    if (!block || this.full.length >= this.blocksPerWrite) await this.writeOut(file);
    if (block) this.buffer = block;
    else await this.keepOneBlock();
    this.filled = 0;
  }

  /** Starts to write all full blocks, once the previous ones are written. */
  private async writeOut(file: FileHandle): Promise<void> {
    await this.writing;
    const bytes = this.full.splice(0);
    this.blocksPerWrite = maxBlocksPerWrite;
    this.writing = withDiskErrors(() => writeAll(file, bytes));
    this.writing.catch(() => undefined);
  }

  /** Without another block the bytes are in the file only. */
  private takeBlock(): Buffer | undefined {
    const block = this.pool.take();
    this.isInMemory = block !== undefined;
    if (block) this.blocks.push(block);
    return block;
  }

  /** Uses the last block again, and gives the others back, once all of them are written. */
  private async keepOneBlock(): Promise<void> {
    await this.writing;
    this.pool.giveBack(this.blocks.splice(0, this.blocks.length - 1));
  }

  private giveBackBlocks(): void {
    this.pool.giveBack(this.blocks.splice(0));
  }

  private async makeFile(): Promise<FileHandle> {
    const file = await this.openNew();
    this.isFile = true;
    // The upload was removed meanwhile, before the file existed.
    if (this.isRemoved) await unlinkIfPresent(this.path);
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

/** Whether a small chunk needs no copy. A part of a much larger buffer would keep all of it in memory. */
function canBeKept({ length, buffer }: Buffer): boolean {
  return length <= maxInMemoryBytes && length * 2 >= buffer.byteLength;
}

async function writeAll(file: FileHandle, blocks: readonly Buffer[]): Promise<void> {
  const bytes = blocks.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await file.writev(blocks);
  // A nearly full disk takes a part. Writing the rest tells why.
  if (bytesWritten < bytes) await file.writeFile(Buffer.concat(blocks).subarray(bytesWritten));
}

async function unlinkIfPresent(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
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
