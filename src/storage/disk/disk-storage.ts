import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { asObjectBody, assertStorable, clip, destroySource } from '../object-body.js';
import { ObjectStorage } from '../object-storage.js';
import type { DownloadUrlOptions, GetOptions, ListOptions, ObjectPage, ObjectSource } from '../object-storage.js';
import type { OpenedObject, PutOptions, StorageVerdict, StoredObject } from '../object-storage.js';
import { withStorageErrors } from '../storage.errors.js';
import { ObjectProbe } from '../storage-probe.js';
import type { FileUrlSigner } from './file-url-signer.js';
import { type ObjectDescription, readDescription } from './object-file.js';
import { ObjectFolder } from './object-folder.js';
import { listObjects } from './object-listing.js';
import { ObjectWriter } from './object-writer.js';

/** No upload lasts that long. If one does, it fails; acknowledged objects are never removed. */
const leftoverAgeMs = 60 * 60 * 1000;

interface DiskStorageParts {
  readonly directory: string;
  readonly urls: FileUrlSigner;
  readonly now?: () => Date;
}

/**
 * Stores objects as files of this machine. Their download URLs lead to this server. Needs a file system with hard
 * links.
 */
export class DiskStorage extends ObjectStorage {
  private readonly objectProbe = new ObjectProbe(this);
  private readonly writer: ObjectWriter;

  private constructor(
    private readonly folder: ObjectFolder,
    private readonly urls: FileUrlSigner,
    now: () => Date,
  ) {
    super();
    this.writer = new ObjectWriter(folder, now);
  }

  /** Creates the folder if necessary, and removes leftovers of killed processes. */
  static async open({ directory, urls, now = () => new Date() }: DiskStorageParts): Promise<DiskStorage> {
    const storage = new DiskStorage(await ObjectFolder.open(directory), urls, now);
    await storage.removeLeftovers();
    return storage;
  }

  override get incomingFolder(): string {
    return this.folder.incoming;
  }

  override async put(key: string, source: ObjectSource, options: PutOptions): Promise<void> {
    try {
      options.signal?.throwIfAborted();
      this.folder.pathOf(key);
      assertStorable(options);
      await this.writer.write(key, source, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error;
    } finally {
      destroySource(source);
    }
  }

  override async get(key: string, { range, signal }: GetOptions = {}): Promise<OpenedObject | null> {
    signal?.throwIfAborted();
    const file = await withStorageErrors(() => this.folder.openFile(key));
    if (!file) return null;
    try {
      const description = await withStorageErrors(() => readDescription(file));
      const { size } = description;
      const part = range ? clip(range, size) : { start: 0, end: size - 1 };
      const body = size === 0 ? Readable.from([]) : file.createReadStream(part);
      if (size === 0) await file.close();
      return { ...toStoredObject(description), body: asObjectBody(body, signal) };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  override async head(key: string): Promise<StoredObject | null> {
    return withStorageErrors(async () => {
      await using file = await this.folder.openFile(key);
      return file && toStoredObject(await readDescription(file));
    });
  }

  override async delete(key: string): Promise<void> {
    await withStorageErrors(() => this.folder.removeFile(key));
  }

  override async list(prefix: string, options: ListOptions): Promise<ObjectPage> {
    return withStorageErrors(() => listObjects(this.folder, prefix, options, (key) => this.head(key)));
  }

  override downloadUrl(key: string, options: DownloadUrlOptions): string {
    this.folder.pathOf(key);
    return this.urls.sign(key, options);
  }

  override async probe(): Promise<StorageVerdict> {
    const checks = await this.objectProbe.run();
    return { ok: checks.every((each) => each.ok), checks };
  }

  private async removeLeftovers(): Promise<void> {
    const { incoming } = this.folder;
    for (const name of await readdir(incoming)) {
      const path = join(incoming, name);
      const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Infinity }));
      // Only old files are removed, because other processes may be writing to this folder.
      if (mtimeMs < Date.now() - leftoverAgeMs) await unlink(path).catch(() => undefined);
    }
  }
}

function toStoredObject({ size, contentType, metadata, sha256, storedAt }: ObjectDescription): StoredObject {
  return { size, contentType, metadata, etag: sha256, lastModified: new Date(storedAt) };
}
