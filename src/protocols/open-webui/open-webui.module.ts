import { Module } from '@nestjs/common';
import { registerDialect } from '../../common/errors/error-dialect.js';
import { DirectoryModule } from './directory/directory.module.js';
import { EditingModule } from './editing/editing.module.js';
import { CommandHistoryModule } from './history/command-history.module.js';
import { openWebUiDialect } from './open-webui-dialect.js';
import { ReadingModule } from './reading/reading.module.js';
import { SessionsModule } from './sessions/sessions.module.js';

registerDialect('open-webui', openWebUiDialect);

/** Prompts as Open WebUI's front end knows them: commands with a history, shared by grants. */
@Module({ imports: [CommandHistoryModule, DirectoryModule, EditingModule, ReadingModule, SessionsModule] })
export class OpenWebUiModule {}
