import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { DownloadsService } from './downloads.service.js';
import { PublishService } from './publish.service.js';
import { ProcessTenure } from './reservations/process-tenure.js';
import { ReservationSweeper } from './reservations/reservation-sweeper.js';
import { ReservationsRepository } from './reservations/reservations.repository.js';
import { ReservedObjects } from './reservations/reserved-objects.js';
import { Publisher } from './upload/publisher.js';
import { UploadService } from './upload/upload.service.js';
import { VersionsController } from './versions.controller.js';
import { VersionsRepository } from './versions.repository.js';
import { VersionsService } from './versions.service.js';

/** Packages: uploaded, listed, read, downloaded. */
@Module({
  imports: [StorageModule],
  controllers: [VersionsController],
  providers: [
    DownloadsService,
    ProcessTenure,
    Publisher,
    PublishService,
    ReservationSweeper,
    ReservationsRepository,
    ReservedObjects,
    UploadService,
    VersionsRepository,
    VersionsService,
  ],
  exports: [VersionsRepository],
})
export class VersionsModule {}
