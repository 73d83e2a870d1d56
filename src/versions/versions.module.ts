import { Module } from '@nestjs/common';
import { HistoryModule } from '../prompts/history.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ContractCheck } from './contract/contract-check.js';
import { DownloadsService } from './downloads.service.js';
import { VersionLifeController } from './life/version-life.controller.js';
import { VersionLifeService } from './life/version-life.service.js';
import { PublishService } from './publish.service.js';
import { ReleaseController } from './release/release.controller.js';
import { ReleaseService } from './release/release.service.js';
import { VersionRecorder } from './release/version-recorder.js';
import { BucketFence } from './reservations/bucket-fence.js';
import { BucketFenceRepository } from './reservations/bucket-fence.repository.js';
import { ObjectClaims } from './reservations/object-claims.js';
import { ProcessTenure } from './reservations/process-tenure.js';
import { ReservationSweeper } from './reservations/reservation-sweeper.js';
import { ReservationsRepository } from './reservations/reservations.repository.js';
import { ReservedObjects } from './reservations/reserved-objects.js';
import { Publisher } from './upload/publisher.js';
import { TemporaryFiles } from './upload/temporary-files.js';
import { UploadService } from './upload/upload.service.js';
import { VersionsController } from './versions.controller.js';
import { VersionsRepository } from './versions.repository.js';
import { VersionsService } from './versions.service.js';

/** Packages: uploaded, listed, read, downloaded. */
@Module({
  imports: [HistoryModule, StorageModule],
  controllers: [ReleaseController, VersionLifeController, VersionsController],
  providers: [
    BucketFence,
    BucketFenceRepository,
    ContractCheck,
    DownloadsService,
    ObjectClaims,
    ProcessTenure,
    Publisher,
    PublishService,
    ReleaseService,
    ReservationSweeper,
    ReservationsRepository,
    ReservedObjects,
    TemporaryFiles,
    UploadService,
    VersionLifeService,
    VersionRecorder,
    VersionsRepository,
    VersionsService,
  ],
  exports: [VersionsRepository],
})
export class VersionsModule {}
