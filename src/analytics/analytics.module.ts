import { Global, Module } from '@nestjs/common';
import { DownloadLog } from '../versions/download-log.js';
import { VersionsModule } from '../versions/versions.module.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsService } from './analytics.service.js';
import { DownloadRecorder } from './download-recorder.js';
import { DownloadsRepository } from './downloads.repository.js';
import { RetentionRepository } from './retention.repository.js';
import { Retention } from './retention.js';
import { RetractionRepository } from './retraction.repository.js';
import { RollUpTurn } from './roll-up-turn.js';
import { RollUp } from './roll-up.js';
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
    Retention,
    RetractionRepository,
    RollUp,
    RollUpRepository,
    RollUpTurn,
    { provide: DownloadLog, useExisting: DownloadRecorder },
  ],
  exports: [DownloadLog],
})
export class AnalyticsModule {}
