import { Module } from '@nestjs/common';
import { HistoryModule } from '../../../history/history.module.js';
import { OpenWebUiAccess } from '../prompt-access.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { CommandChanges } from './command-changes.service.js';
import { CommandWriter } from './command-writer.service.js';
import { EditingController } from './editing.controller.js';
import { HeldPrompts } from './held-prompts.js';
import { WishedGrants } from './wished-grants.js';

/** The writing operations. */
@Module({
  imports: [HistoryModule, SessionsModule],
  controllers: [EditingController],
  providers: [CommandChanges, CommandWriter, HeldPrompts, OpenWebUiAccess, WishedGrants],
})
export class EditingModule {}
