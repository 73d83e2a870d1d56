import { Module } from '@nestjs/common';
import { DelegationModule } from './delegation/delegation.module.js';
import { SessionsController } from './sessions.controller.js';
import { SessionUsersService } from './session-users.service.js';
import { SessionsService } from './sessions.service.js';
import { WorkspacePermissionsService } from './workspace-permissions.service.js';

/** Sign-in, sign-up and sessions. */
@Module({
  imports: [DelegationModule],
  controllers: [SessionsController],
  providers: [SessionsService, SessionUsersService, WorkspacePermissionsService],
  exports: [WorkspacePermissionsService],
})
export class SessionsModule {}
