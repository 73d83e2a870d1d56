import { Module } from '@nestjs/common';
import { HistoryModule } from '../../../history/history.module.js';
import { CommandAccessService } from '../command-access.service.js';
import { ReadingController } from './reading.controller.js';
import { ReadingService } from './reading.service.js';

/** Lists of prompts, and single ones with what the caller may do to them. */
@Module({
  imports: [HistoryModule],
  controllers: [ReadingController],
  providers: [CommandAccessService, ReadingService],
})
export class ReadingModule {}
