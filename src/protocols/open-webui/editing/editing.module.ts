import { Module } from '@nestjs/common';
import { HistoryModule } from '../../../history/history.module.js';
import { CommandAccessService } from '../command-access.service.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { CommandChangesService } from './command-changes.service.js';
import { CommandCreationsService } from './command-creations.service.js';
import { CommandDeletionsService } from './command-deletions.service.js';
import { CommandUpdatesService } from './command-updates.service.js';
import { EditingController } from './editing.controller.js';
import { FirstEntryWriter } from './first-entry-writer.js';
import { PromptChanger } from './prompt-changer.js';
import { PromptLock } from './prompt-lock.js';
import { GrantResolver } from './grant-resolver.js';

/** The writing operations. */
@Module({
  imports: [HistoryModule, SessionsModule],
  controllers: [EditingController],
  providers: [
    CommandChangesService,
    CommandCreationsService,
    CommandDeletionsService,
    CommandUpdatesService,
    FirstEntryWriter,
    CommandAccessService,
    PromptChanger,
    PromptLock,
    GrantResolver,
  ],
})
export class EditingModule {}
