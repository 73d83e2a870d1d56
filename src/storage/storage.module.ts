import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { StorageConfig } from '../config/storage.config.js';
import { FileDownloads } from './disk/file-downloads.service.js';
import { FileUrlSigner } from './disk/file-url-signer.js';
import { FilesController } from './disk/files.controller.js';
import { ObjectStorage } from './object-storage.js';
import { openStorage } from './open-storage.js';
import { StorageHealth } from './storage-health.js';

/** Offers `ObjectStorage` as configured, and says at the start whether the store can do what the product needs. */
@Module({
  controllers: [FilesController],
  providers: [
    { provide: ObjectStorage, inject: [StorageConfig.KEY], useFactory: openStorage },
    { provide: FileUrlSigner, inject: [StorageConfig.KEY], useFactory: signerOf },
    FileDownloads,
    StorageHealth,
  ],
  exports: [ObjectStorage, StorageHealth],
})
export class StorageModule implements OnApplicationBootstrap {
  constructor(private readonly health: StorageHealth) {}

  /** The first verdict is told. */
  async onApplicationBootstrap(): Promise<void> {
    await this.health.verdict();
  }
}

function signerOf(config: StorageConfig): FileUrlSigner | null {
  return config.kind === 'disk' ? new FileUrlSigner(config.urlSigningKey) : null;
}
