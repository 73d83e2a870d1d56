import { Module } from '@nestjs/common';
import { DelegationModule } from './delegation/delegation.module.js';
import { SessionsController } from './sessions.controller.js';
import { SessionUsersService } from './session-users.service.js';
import { SessionsService } from './sessions.service.js';
import { WorkspacePermissions } from './workspace-permissions.js';

/** Sign-in, sign-up and sessions. */
@Module({
  imports: [DelegationModule],
  controllers: [SessionsController],
  providers: [SessionsService, SessionUsersService, WorkspacePermissions],
  exports: [WorkspacePermissions],
})
export class SessionsModule {}
