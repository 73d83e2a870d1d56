import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module } from '@nestjs/common';
import { DownloadLogger } from '../versions/download-logger.js';
import { VersionsModule } from '../versions/versions.module.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsService } from './analytics.service.js';
import { DownloadRecorder } from './download-recorder.js';
import { Download } from './download.entity.js';
import { DownloadPartitions } from './retention/download-partitions.js';
import { DownloadRetractor } from './roll-up/download-retractor.js';
import { RetentionService } from './retention/retention.service.js';
import { RollUpLock } from './roll-up/roll-up-lock.js';
import { RollUpService } from './roll-up/roll-up.service.js';
import { RollUpWriter } from './roll-up/roll-up-writer.js';

/** Downloads: recorded, summed, shown. Global, because it implements the port that `versions` records them through. */
@Global()
@Module({
  imports: [VersionsModule, MikroOrmModule.forFeature([Download])],
  controllers: [AnalyticsController],
  providers: [
    AnalyticsService,
    DownloadPartitions,
    DownloadRetractor,
    RetentionService,
    RollUpService,
    RollUpWriter,
    RollUpLock,
    { provide: DownloadLogger, useClass: DownloadRecorder },
  ],
  exports: [DownloadLogger],
})
export class AnalyticsModule {}
