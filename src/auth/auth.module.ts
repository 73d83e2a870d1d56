import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { onConstraint } from '../database/database-errors.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditRecorder } from './audit/audit-recorder.js';
import { AuditEntry } from './audit/audit-entry.entity.js';
import { AuditService } from './audit/audit.service.js';
import { BootstrapService } from './bootstrap/bootstrap.service.js';
import { AuthGuard } from './authentication/auth.guard.js';
import { Authenticator } from './authentication/authenticator.js';
import { RouteAccessCheck } from './access/route-access-check.js';
import { EmailTaken, GroupExists, UserExists } from './auth.errors.js';
import { ApiKey } from './credentials/api-keys/api-key.entity.js';
import { ApiKeysService } from './credentials/api-keys/api-keys.service.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { CredentialLookup } from './credentials/credential-lookup.service.js';
import { KeySessionsService } from './credentials/key-sessions.service.js';
import { KeyUseRecorder } from './credentials/api-keys/key-use-recorder.js';
import { CredentialCache } from './credentials/credential-cache.js';
import { LoginAddress } from './credentials/logins/login-address.entity.js';
import { LoginAddressesService } from './credentials/logins/login-addresses.service.js';
import { LoginFailure } from './credentials/logins/login-failure.entity.js';
import { LoginLimiter } from './credentials/logins/login-limiter.js';
import { LoginService } from './credentials/logins/login.service.js';
import { PasswordChangeService } from './credentials/logins/password-change.service.js';
import { SignUpService } from './credentials/logins/sign-up.service.js';
import { MeController } from './credentials/me.controller.js';
import { SessionTokenService } from './credentials/session-token.service.js';
import { GroupMember } from './groups/group-member.entity.js';
import { GroupsController } from './groups/groups.controller.js';
import { Group } from './groups/group.entity.js';
import { GroupsService } from './groups/groups.service.js';
import { Account } from './accounts/account.entity.js';
import { Membership } from './accounts/membership.entity.js';
import { Owner } from './accounts/owner.entity.js';
import { UsersController } from './accounts/users.controller.js';
import { UsersService } from './accounts/users.service.js';
import { MembershipsService } from './organizations/memberships.service.js';
import { OrganizationAccessService } from './organizations/organization-access.service.js';
import { OrganizationsController } from './organizations/organizations.controller.js';
import { OrganizationLookup } from './organizations/organization-lookup.js';
import { OrganizationsService } from './organizations/organizations.service.js';

onConstraint('owner_slug_key', UserExists);
onConstraint('account_email_key', EmailTaken);
onConstraint('user_group_slug_key', GroupExists);

const repositories = MikroOrmModule.forFeature([
  Account,
  ApiKey,
  AuditEntry,
  Group,
  GroupMember,
  LoginAddress,
  LoginFailure,
  Membership,
  Owner,
]);

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
    AuthGuard,
    { provide: APP_GUARD, useExisting: AuthGuard },
    ApiKeysService,
    AuditRecorder,
    AuditService,
    Authenticator,
    BootstrapService,
    CredentialLookup,
    RouteAccessCheck,
    GroupsService,
    KeySessionsService,
    KeyUseRecorder,
    CredentialCache,
    LoginAddressesService,
    LoginLimiter,
    LoginService,
    MembershipsService,
    OrganizationAccessService,
    OrganizationLookup,
    OrganizationsService,
    PasswordChangeService,
    SessionTokenService,
    SignUpService,
    UsersService,
  ],
  exports: [
    repositories,
    AuditRecorder,
    AuditService,
    Authenticator,
    BootstrapService,
    KeySessionsService,
    LoginLimiter,
    LoginService,
    SignUpService,
    UsersService,
  ],
})
export class AuthModule {}
