import { Module } from '@nestjs/common';
import { HistoryModule } from '../../../history/history.module.js';
import { CommandAccessService } from '../command-access.service.js';
import { CommandHistoryController } from './command-history.controller.js';
import { CommandHistoryService } from './command-history.service.js';

/** The history of a prompt, whose entries are its revisions. */
@Module({
  imports: [HistoryModule],
  controllers: [CommandHistoryController],
  providers: [CommandHistoryService, CommandAccessService],
})
export class CommandHistoryModule {}
