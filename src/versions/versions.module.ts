import { Module } from '@nestjs/common';
import { HistoryModule } from '../prompts/history.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ContractChecker } from './contract/contract-checker.js';
import { DownloadsService } from './downloads.service.js';
import { VersionStatusController } from './status/version-status.controller.js';
import { VersionStatusService } from './status/version-status.service.js';
import { PublishService } from './publish.service.js';
import { ReleaseController } from './release/release.controller.js';
import { ReleaseService } from './release/release.service.js';
import { VersionRecorder } from './release/version-recorder.js';
import { BucketFenceService } from './reservations/bucket-fence.service.js';
import { BucketFenceRepository } from './reservations/bucket-fence.repository.js';
import { ObjectClaimsService } from './reservations/object-claims.service.js';
import { InstanceLeaseService } from './reservations/instance-lease.service.js';
import { ReservationSweeper } from './reservations/reservation-sweeper.js';
import { ReservationsRepository } from './reservations/reservations.repository.js';
import { ReservedObjectStore } from './reservations/reserved-object-store.js';
import { VersionPublisher } from './upload/version-publisher.js';
import { TemporaryFileStore } from './upload/temporary-file-store.js';
import { UploadService } from './upload/upload.service.js';
import { VersionsController } from './versions.controller.js';
import { VersionsRepository } from './versions.repository.js';
import { VersionsService } from './versions.service.js';

/** Packages: uploaded, listed, read, downloaded. */
@Module({
  imports: [HistoryModule, StorageModule],
  controllers: [ReleaseController, VersionStatusController, VersionsController],
  providers: [
    BucketFenceService,
    BucketFenceRepository,
    ContractChecker,
    DownloadsService,
    ObjectClaimsService,
    InstanceLeaseService,
    VersionPublisher,
    PublishService,
    ReleaseService,
    ReservationSweeper,
    ReservationsRepository,
    ReservedObjectStore,
    TemporaryFileStore,
    UploadService,
    VersionStatusService,
    VersionRecorder,
    VersionsRepository,
    VersionsService,
  ],
  exports: [VersionsRepository],
})
export class VersionsModule {}
