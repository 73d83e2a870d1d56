import { Inject, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
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
  private readonly logger = new Logger(StorageModule.name);

  constructor(
    @Inject(StorageConfig.KEY) private readonly config: StorageConfig,
    private readonly health: StorageHealth,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { ok, checks } = await this.health.verdict();
    const remarks = checks.filter((each) => each.detail).map((each) => `${each.name}: ${each.detail}`);
    const line = [`objects are kept in ${placeOf(this.config)}`, ...remarks].join('; ');
    if (!ok) this.logger.error(`object storage is not usable: ${line}`);
    else if (remarks.length > 0) this.logger.warn(line);
    else this.logger.log(line);
  }
}

function signerOf(config: StorageConfig): FileUrlSigner | null {
  return config.kind === 'disk' ? new FileUrlSigner(config.urlSigningKey) : null;
}

function placeOf(config: StorageConfig): string {
  return config.kind === 's3' ? `bucket ${config.bucket} at ${config.endpoint}` : config.directory;
}
