import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { assertSize, readBody } from '../object-body.js';
import type { ObjectSource, PutOptions } from '../object-storage.js';
import { errorCode, withStorageErrors } from '../storage.errors.js';
import { encodeTrailer } from './object-file.js';
import type { ObjectFolder } from './object-folder.js';

type Stream = Exclude<ObjectSource, { sha256: string }>;

/** Writes the files of objects. A file gets its name as an object when it is complete and synced. */
export class ObjectWriter {
  constructor(
    private readonly folder: ObjectFolder,
    private readonly now: () => Date,
  ) {}

  async write(key: string, source: ObjectSource, options: PutOptions): Promise<void> {
    if (!('sha256' in source)) return this.writeStream(key, source, options);
    const trailer = this.trailerOf(source.sha256, options);
    await withStorageErrors(() =>
      'file' in source
        ? this.takeFile(key, source.file, trailer, options)
        : this.writeBytes(key, Buffer.concat(source.chunks), trailer, options),
    );
  }

  private async writeStream(key: string, body: Stream, options: PutOptions): Promise<void> {
    await this.withTemporaryFile(async (path) => {
      await using file = await withStorageErrors(() => open(path, 'wx', 0o600));
      const sha256 = await readBody(body, options, (bytes) => withStorageErrors(() => file.writeFile(bytes)));
      await withStorageErrors(async () => {
        await file.writeFile(this.trailerOf(sha256, options));
        await this.syncAndLink(file, path, key, options);
        await this.folder.syncFolderOf(key);
      });
    });
  }

  private async writeBytes(key: string, bytes: Buffer, trailer: Buffer, options: PutOptions): Promise<void> {
    assertSize(bytes.byteLength, options);
    await this.withTemporaryFile(async (path) => {
      await using file = await open(path, 'wx', 0o600);
      await file.writeFile(Buffer.concat([bytes, trailer]));
      await this.syncAndLink(file, path, key, options);
      await this.folder.syncFolderOf(key);
    });
  }

  /** Turns a file of the caller into the object, or copies it if it is on another file system. */
  private async takeFile(key: string, path: string, trailer: Buffer, options: PutOptions): Promise<void> {
    await using file = await open(path, 'r+');
    const { size } = await file.stat();
    assertSize(size, options);
    try {
      await file.write(trailer, 0, trailer.length, size);
      await this.syncAndLink(file, path, key, options);
    } catch (error) {
      // Otherwise the next attempt would find a longer file.
      await file.truncate(size);
      if (errorCode(error) !== 'EXDEV') throw error;
      await this.copyFile(key, path, trailer, options);
    }
    await this.folder.syncFolderOf(key);
  }

  private async copyFile(key: string, source: string, trailer: Buffer, options: PutOptions): Promise<void> {
    await this.withTemporaryFile(async (path) => {
      await copyFile(source, path, constants.COPYFILE_EXCL);
      await using file = await open(path, 'a');
      await file.writeFile(trailer);
      await this.syncAndLink(file, path, key, options);
    });
  }

  private async syncAndLink(file: FileHandle, path: string, key: string, { signal }: PutOptions): Promise<void> {
    await file.sync();
    signal?.throwIfAborted();
    await this.folder.linkFile(path, key);
  }

  private async withTemporaryFile(work: (path: string) => Promise<void>): Promise<void> {
    const path = join(this.folder.incoming, randomUUID());
    try {
      await work(path);
    } finally {
      await unlink(path).catch(() => undefined);
    }
  }

  private trailerOf(sha256: string, { size, contentType, metadata }: PutOptions): Buffer {
    return encodeTrailer({
      size,
      sha256,
      contentType,
      metadata: { ...metadata },
      storedAt: this.now().toISOString(),
    });
  }
}
