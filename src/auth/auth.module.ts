import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { onConstraint } from '../database/database-errors.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditLedger } from './audit/audit-ledger.js';
import { AuditRepository } from './audit/audit.repository.js';
import { AuditService } from './audit/audit.service.js';
import { AuthGuard } from './access/auth.guard.js';
import { Authenticator } from './access/authenticator.js';
import { DeclaredAccess } from './access/declared-access.js';
import { EmailTaken, GroupExists, UserExists } from './auth.errors.js';
import { ApiKeysRepository } from './credentials/api-keys.repository.js';
import { ApiKeysService } from './credentials/api-keys.service.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { CredentialsRepository } from './credentials/credentials.repository.js';
import { KeySessionsService } from './credentials/key-sessions.service.js';
import { KeyUseRecorder } from './credentials/key-use-recorder.js';
import { KnownHolders } from './credentials/known-holders.js';
import { LoginAddressesRepository } from './credentials/logins/login-addresses.repository.js';
import { LoginFailuresRepository } from './credentials/logins/login-failures.repository.js';
import { LoginLimiter } from './credentials/logins/login-limiter.js';
import { LoginService } from './credentials/logins/login.service.js';
import { SessionTokens } from './credentials/session-tokens.js';
import { GroupMember } from './groups/group-member.entity.js';
import { GroupsController } from './groups/groups.controller.js';
import { Group } from './groups/group.entity.js';
import { GroupsService } from './groups/groups.service.js';
import { FirstStart } from './accounts/first-start.js';
import { MeController } from './accounts/me.controller.js';
import { OwnersRepository } from './accounts/owners.repository.js';
import { SignUpService } from './accounts/sign-up.service.js';
import { UserDirectory } from './accounts/user-directory.js';
import { UserLookup } from './accounts/user-lookup.js';
import { UsersController } from './accounts/users.controller.js';
import { UsersRepository } from './accounts/users.repository.js';
import { UsersService } from './accounts/users.service.js';
import { MembershipsRepository } from './organizations/memberships.repository.js';
import { MembershipsService } from './organizations/memberships.service.js';
import { OrganizationAccess } from './organizations/organization-access.js';
import { OrganizationsController } from './organizations/organizations.controller.js';
import { OrganizationsRepository } from './organizations/organizations.repository.js';
import { OrganizationsService } from './organizations/organizations.service.js';

onConstraint('owner_slug_key', UserExists);
onConstraint('account_email_key', EmailTaken);
onConstraint('user_group_slug_key', GroupExists);

const repositories = MikroOrmModule.forFeature([Group, GroupMember]);

/** Who is calling, and what they may do. */
@Global()
@Module({
  imports: [DiscoveryModule, repositories],
  controllers: [
    AuditController,
    CredentialsController,
    GroupsController,
    MeController,
    OrganizationsController,
    UsersController,
  ],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    ApiKeysRepository,
    ApiKeysService,
    AuditLedger,
    AuditRepository,
    AuditService,
    Authenticator,
    CredentialsRepository,
    DeclaredAccess,
    FirstStart,
    GroupsService,
    KeySessionsService,
    KeyUseRecorder,
    KnownHolders,
    LoginAddressesRepository,
    LoginFailuresRepository,
    LoginLimiter,
    LoginService,
    MembershipsRepository,
    MembershipsService,
    OrganizationAccess,
    OrganizationsRepository,
    OrganizationsService,
    OwnersRepository,
    SessionTokens,
    SignUpService,
    UserDirectory,
    UserLookup,
    UsersRepository,
    UsersService,
  ],
  exports: [
    repositories,
    AuditLedger,
    AuditService,
    Authenticator,
    FirstStart,
    KeySessionsService,
    LoginLimiter,
    LoginService,
    OwnersRepository,
    SignUpService,
    UserDirectory,
    UserLookup,
    UsersService,
  ],
})
export class AuthModule {}
