import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { HistoryModule } from '../history/history.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ContractChecker } from './contract/contract-checker.js';
import { DownloadsService } from './downloads.service.js';
import { VersionStatusController } from './status/version-status.controller.js';
import { VersionStatusService } from './status/version-status.service.js';
import { PublishService } from './publish/publish.service.js';
import { ReleaseController } from './release/release.controller.js';
import { ReleaseService } from './release/release.service.js';
import { VersionRecorder } from './publish/version-recorder.js';
import { BucketFence } from './reservations/bucket-fence/bucket-fence.entity.js';
import { BucketFenceService } from './reservations/bucket-fence/bucket-fence.service.js';
import { ObjectClaimsService } from './reservations/object-claims.service.js';
import { InstanceLeaseService } from './reservations/instance-lease.service.js';
import { ReservationReleaser } from './reservations/reservation-releaser.js';
import { ReservationSweeper, SweepSchedule } from './reservations/reservation-sweeper.js';
import { ReservationService } from './reservations/reservation.service.js';
import { ReservedObjectStore } from './reservations/reserved-object-store.js';
import { VersionReservation } from './reservations/version-reservation.entity.js';
import { ReleaseStatusWriter } from './status/release-status-writer.js';
import { VersionPublisher } from './publish/version-publisher.js';
import { TemporaryFileStore } from './upload/temporary-file-store.js';
import { UploadReceiver } from './upload/upload-receiver.js';
import { UploadService } from './upload/upload.service.js';
import { VersionReader } from './version-reader.js';
import { Version } from './version.entity.js';
import { VersionsController } from './versions.controller.js';
import { VersionsService } from './versions.service.js';

/** Packages: uploaded, listed, read, downloaded. */
@Module({
  imports: [HistoryModule, StorageModule, MikroOrmModule.forFeature([BucketFence, Version, VersionReservation])],
  controllers: [ReleaseController, VersionStatusController, VersionsController],
  providers: [
    BucketFenceService,
    ContractChecker,
    DownloadsService,
    ObjectClaimsService,
    InstanceLeaseService,
    VersionPublisher,
    PublishService,
    ReleaseService,
    ReleaseStatusWriter,
    ReservationReleaser,
    ReservationSweeper,
    SweepSchedule,
    ReservationService,
    ReservedObjectStore,
    TemporaryFileStore,
    UploadReceiver,
    UploadService,
    VersionStatusService,
    VersionReader,
    VersionRecorder,
    VersionsService,
  ],
  exports: [VersionReader],
})
export class VersionsModule {}
