import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { PayloadTooLarge } from '../../common/errors/catalogue.js';
import { VersionsConfig } from '../../config/versions.config.js';
import { ObjectStorage } from '../../storage/object-storage.js';
import { BlockPool } from './block-pool.js';
import { SpooledBytes, type SpooledFile } from './spooled-file.js';

const maxAgeMs = 60 * 60 * 1000;
/** How long interrupted uploads have to remove their files themselves. */
const shutdownTimeoutMs = 500;
const pollMs = 10;

interface SpoolOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** The folder of unchecked uploads. A file is removed with its upload. */
@Injectable()
export class TemporaryFileStore implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly activeUploads = new Set<SpooledBytes>();
  private readonly blocks = new BlockPool();

  /** That of the store, if there is one, so that a file becomes the object without being copied. */
  private readonly folder: string;

  constructor(@Inject(VersionsConfig.KEY) config: VersionsConfig, storage: ObjectStorage) {
    this.folder = storage.incomingFolder ?? config.temporaryDirectory;
  }

  /** Removes leftovers of dead processes. */
  async onApplicationBootstrap(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
      if (name.endsWith('.part') && Date.now() - mtimeMs > maxAgeMs) await rm(path, { force: true });
    }
  }

  /** Runs after all connections are closed, when no remaining upload can be answered. */
  async onApplicationShutdown(): Promise<void> {
    for (let waitedMs = 0; this.activeUploads.size > 0 && waitedMs < shutdownTimeoutMs; waitedMs += pollMs)
      await delay(pollMs);
    await Promise.all([...this.activeUploads].map((bytes) => bytes.remove()));
  }

  /**
   * Stores a stream in memory, or a larger one in a temporary file, and computes its digest. Leaves no file if it
   * fails.
   * @throws PayloadTooLarge as soon as more than `maxBytes` have come, StorageFull, TemporaryFilesUnavailable
   */
  async spool(source: Readable, { maxBytes, signal }: SpoolOptions): Promise<SpooledFile> {
    const digest = createHash('sha256');
    let size = 0;
    async function* measured(): AsyncGenerator<Buffer> {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > maxBytes) throw PayloadTooLarge();
        digest.update(chunk);
        yield chunk;
      }
    }
    const bytes = new SpooledBytes(join(this.folder, `${randomUUID()}.part`), this.blocks);
    const remove = async () => {
      await bytes.remove();
      this.activeUploads.delete(bytes);
    };
    this.activeUploads.add(bytes);
    addAbortSignal(signal, source);
    try {
      await bytes.receive(measured());
    } catch (error) {
      await remove();
      throw error;
    }
    return { size, sha256: digest.digest('hex'), ...bytes.content, open: () => bytes.open(), remove };
  }
}
