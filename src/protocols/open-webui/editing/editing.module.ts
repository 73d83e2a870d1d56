import { Module } from '@nestjs/common';
import { HistoryModule } from '../../../history/history.module.js';
import { CommandAccessService } from '../command-access.service.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { CommandChangesService } from './command-changes.service.js';
import { CommandWriterService } from './command-writer.service.js';
import { EditingController } from './editing.controller.js';
import { PromptLock } from './prompt-lock.js';
import { GrantResolver } from './grant-resolver.js';

/** The writing operations. */
@Module({
  imports: [HistoryModule, SessionsModule],
  controllers: [EditingController],
  providers: [CommandChangesService, CommandWriterService, PromptLock, CommandAccessService, GrantResolver],
})
export class EditingModule {}
