import { Global, Module } from '@nestjs/common';
import { DownloadLogger } from '../versions/download-logger.js';
import { VersionsModule } from '../versions/versions.module.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsService } from './analytics.service.js';
import { DownloadRecorder } from './download-recorder.js';
import { DownloadsRepository } from './downloads.repository.js';
import { RetentionRepository } from './retention.repository.js';
import { RetentionService } from './retention.service.js';
import { RetractionRepository } from './retraction.repository.js';
import { RollUpLock } from './roll-up-lock.js';
import { RollUpService } from './roll-up.service.js';
import { RollUpRepository } from './roll-up.repository.js';

/** Downloads: recorded, summed, shown. Global, because it implements the port that `versions` records them through. */
@Global()
@Module({
  imports: [VersionsModule],
  controllers: [AnalyticsController],
  providers: [
    AnalyticsService,
    DownloadRecorder,
    DownloadsRepository,
    RetentionRepository,
    RetentionService,
    RetractionRepository,
    RollUpService,
    RollUpRepository,
    RollUpLock,
    { provide: DownloadLogger, useExisting: DownloadRecorder },
  ],
  exports: [DownloadLogger],
})
export class AnalyticsModule {}
