import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { onConstraint } from '../database/database-errors.js';
import { AuditLedger } from './audit/audit-ledger.js';
import { AuthGuard } from './access/auth.guard.js';
import { Authenticator } from './access/authenticator.js';
import { DeclaredAccess } from './access/declared-access.js';
import { EmailTaken, UserExists } from './auth.errors.js';
import { ApiKeysService } from './credentials/api-keys.service.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { CredentialsRepository } from './credentials/credentials.repository.js';
import { LoginLimiter } from './credentials/login-limiter.js';
import { LoginService } from './credentials/login.service.js';
import { SessionTokens } from './credentials/session-tokens.js';
import { FirstStart } from './identity/first-start.js';
import { MeController } from './identity/me.controller.js';
import { OwnersRepository } from './identity/owners.repository.js';
import { UsersController } from './identity/users.controller.js';
import { UsersRepository } from './identity/users.repository.js';
import { UsersService } from './identity/users.service.js';

onConstraint('owner_slug_key', UserExists);
onConstraint('account_email_key', EmailTaken);

/** Who is calling, and what they may do. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [CredentialsController, MeController, UsersController],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    ApiKeysService,
    AuditLedger,
    Authenticator,
    CredentialsRepository,
    DeclaredAccess,
    FirstStart,
    LoginLimiter,
    LoginService,
    OwnersRepository,
    SessionTokens,
    UsersRepository,
    UsersService,
  ],
  exports: [AuditLedger, Authenticator, FirstStart, LoginLimiter, OwnersRepository, UsersService],
})
export class AuthModule {}
