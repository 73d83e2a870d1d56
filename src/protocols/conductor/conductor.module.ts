import { Module } from '@nestjs/common';
import { registerDialect } from '../../common/errors/error-dialect.js';
import { HistoryModule } from '../../history/history.module.js';
import { AssociatedTemplatesService } from './associations/associated-templates.service.js';
import { AssociationsController } from './associations/associations.controller.js';
import { AssociationsService } from './associations/associations.service.js';
import { TokenController } from './auth/token.controller.js';
import { TokenService } from './auth/token.service.js';
import { conductorDialect } from './conductor-errors.js';
import { IntegrationsModule } from './integrations/integrations.module.js';
import { TestingModule } from './testing/testing.module.js';
import { TemplatesModule } from './templates/templates.module.js';
import { IntegrationPermissionsService } from './permissions/integration-permissions.service.js';
import { PermissionsController } from './permissions/permissions.controller.js';
import { PermissionsService } from './permissions/permissions.service.js';
import { PromptPermissionsService } from './permissions/prompt-permissions.service.js';
import { SubjectResolver } from './permissions/subject-resolver.js';

registerDialect('conductor', conductorDialect);

/** Prompts as templates of Orkes Conductor, for its published clients. */
@Module({
  imports: [HistoryModule, IntegrationsModule, TestingModule, TemplatesModule],
  controllers: [AssociationsController, PermissionsController, TokenController],
  providers: [
    AssociatedTemplatesService,
    AssociationsService,
    IntegrationPermissionsService,
    PermissionsService,
    PromptPermissionsService,
    SubjectResolver,
    TokenService,
  ],
})
export class ConductorModule {}
