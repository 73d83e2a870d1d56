import { Module } from '@nestjs/common';
import { registerDialect } from '../../common/errors/error-dialect.js';
import { HistoryModule } from '../../history/history.module.js';
import { CommandAccessService } from './command-access.service.js';
import { DirectoryController } from './directory/directory.controller.js';
import { DirectoryService } from './directory/directory.service.js';
import { CommandChangesService } from './editing/command-changes.service.js';
import { CommandCreationsService } from './editing/command-creations.service.js';
import { CommandDeletionsService } from './editing/command-deletions.service.js';
import { CommandUpdatesService } from './editing/command-updates.service.js';
import { EditingController } from './editing/editing.controller.js';
import { FirstEntryWriter } from './editing/first-entry-writer.js';
import { GrantResolver } from './editing/grant-resolver.js';
import { PromptChanger } from './editing/prompt-changer.js';
import { PromptLock } from './editing/prompt-lock.js';
import { CommandHistoryController } from './history/command-history.controller.js';
import { CommandHistoryService } from './history/command-history.service.js';
import { openWebUiDialect } from './open-webui-dialect.js';
import { ReadingController } from './reading/reading.controller.js';
import { ReadingService } from './reading/reading.service.js';
import { DelegationModule } from './sessions/delegation/delegation.module.js';
import { SessionUsersService } from './sessions/session-users.service.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { WorkspacePermissionsService } from './sessions/workspace-permissions.service.js';

registerDialect('open-webui', openWebUiDialect);

/** Prompts as Open WebUI's front end knows them: commands with a history, shared by grants. */
@Module({
  imports: [DelegationModule, HistoryModule],
  controllers: [
    CommandHistoryController,
    DirectoryController,
    EditingController,
    ReadingController,
    SessionsController,
  ],
  providers: [
    CommandAccessService,
    CommandChangesService,
    CommandCreationsService,
    CommandDeletionsService,
    CommandHistoryService,
    CommandUpdatesService,
    DirectoryService,
    FirstEntryWriter,
    GrantResolver,
    PromptChanger,
    PromptLock,
    ReadingService,
    SessionUsersService,
    SessionsService,
    WorkspacePermissionsService,
  ],
})
export class OpenWebUiModule {}
