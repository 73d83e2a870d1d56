import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { StorageConfig } from '../config/storage.config.js';
import { FileDownloadsService } from './disk/file-downloads.service.js';
import { FileUrlSigner } from './disk/file-url-signer.js';
import { FilesController } from './disk/files.controller.js';
import { ObjectStorage } from './object-storage.js';
import { openStorage } from './open-storage.js';
import { StorageHealthService } from './storage-health.service.js';

/** Provides the configured `ObjectStorage`, and logs at the start whether the store is fit. */
@Module({
  controllers: [FilesController],
  providers: [
    { provide: ObjectStorage, inject: [StorageConfig.KEY], useFactory: openStorage },
    { provide: FileUrlSigner, inject: [StorageConfig.KEY], useFactory: signerOf },
    FileDownloadsService,
    StorageHealthService,
  ],
  exports: [ObjectStorage, StorageHealthService],
})
export class StorageModule implements OnApplicationBootstrap {
  constructor(private readonly health: StorageHealthService) {}

  /** Logs the first verdict. */
  async onApplicationBootstrap(): Promise<void> {
    await this.health.verdict();
  }
}

function signerOf(config: StorageConfig): FileUrlSigner | null {
  return config.kind === 'disk' ? new FileUrlSigner(config.urlSigningKey) : null;
}
