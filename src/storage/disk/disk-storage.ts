import { randomUUID } from 'node:crypto';
import { link, lstat, open, readdir, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { asObjectBody, assertStorable, clip, destroyBody, readBody } from '../object-body.js';
import { ObjectStorage } from '../object-storage.js';
import type { DownloadUrlOptions, GetOptions, ListOptions, ObjectPage } from '../object-storage.js';
import type { OpenedObject, PutOptions, StorageVerdict, StoredObject } from '../object-storage.js';
import { errorCode, ObjectExists, withStorageErrors } from '../storage.errors.js';
import { ObjectProbe } from '../storage-probe.js';
import type { FileUrlSigner } from './file-url-signer.js';
import { encodeTrailer, type ObjectDescription, readDescription } from './object-file.js';
import { ObjectFolder, syncFolder } from './object-folder.js';
import { listObjects } from './object-listing.js';

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

  private constructor(
    private readonly folder: ObjectFolder,
    private readonly urls: FileUrlSigner,
    private readonly now: () => Date,
  ) {
    super();
  }

  /** Creates the folder if necessary, and removes leftovers of killed processes. */
  static async open({ directory, urls, now = () => new Date() }: DiskStorageParts): Promise<DiskStorage> {
    const storage = new DiskStorage(await ObjectFolder.open(directory), urls, now);
    await storage.removeLeftovers();
    return storage;
  }

  override async put(key: string, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<void> {
    const temporary = join(this.folder.incoming, randomUUID());
    try {
      this.folder.pathOf(key);
      assertStorable(options);
      await this.writeOut(temporary, body, options);
      options.signal?.throwIfAborted();
      await withStorageErrors(() => this.publish(temporary, key));
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error;
    } finally {
      destroyBody(body);
      await unlink(temporary).catch(() => undefined);
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

  private async writeOut(path: string, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<void> {
    const { size, contentType, metadata } = options;
    await using file = await withStorageErrors(() => open(path, 'wx', 0o600));
    const sha256 = await readBody(body, options, (bytes) => withStorageErrors(() => file.writeFile(bytes)));
    const description = { size, sha256, contentType, metadata: { ...metadata }, storedAt: this.now().toISOString() };
    await withStorageErrors(() => writeTrailer(file, description));
  }

  /**
   * Gives the complete file its name. `link` never replaces a file, unlike `rename`, so that one of two concurrent
   * calls fails.
   */
  private async publish(temporary: string, key: string): Promise<void> {
    const path = this.folder.pathOf(key);
    await this.folder.makeParents(key);
    try {
      await link(temporary, path);
    } catch (error) {
      throw errorCode(error) === 'EEXIST' ? new ObjectExists(key) : error;
    }
    await syncFolder(dirname(path));
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

async function writeTrailer(file: FileHandle, description: ObjectDescription): Promise<void> {
  await file.writeFile(encodeTrailer(description));
  await file.sync();
}

function toStoredObject({ size, contentType, metadata, sha256, storedAt }: ObjectDescription): StoredObject {
  return { size, contentType, metadata, etag: sha256, lastModified: new Date(storedAt) };
}
