import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isError } from '../../../common/errors/define-error.js';
import type { Protocol } from '../../../common/protocol.js';
import { AuditRecorder } from '../../audit/audit-recorder.js';
import { UserExists } from '../../auth.errors.js';
import { Account } from '../../accounts/account.entity.js';
import { AccountRepository, type NewAccount } from '../../accounts/account.repository.js';
import { hashPassword } from '../../accounts/passwords.js';
import { usernamesFor } from '../../accounts/usernames.js';
import { type SessionToken, SessionTokenService } from '../session-token.service.js';
import { LoginLimiter } from './login-limiter.js';

/** What the request for an account says. */
export interface SignUpInput {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Accounts that users make for themselves. They have no rights until an administrator gives them a role. */
@Injectable()
export class SignUpService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Account) private readonly accounts: AccountRepository,
    private readonly limiter: LoginLimiter,
    private readonly sessions: SessionTokenService,
    private readonly audit: AuditRecorder,
  ) {}

  /** A session of the new account. @throws EmailTaken, TooManySignUps */
  async signUp(input: SignUpInput, via: Protocol, address: string, lifetimeSeconds: number): Promise<SessionToken> {
    const passwordHash = await this.limiter.signUp(address, () => hashPassword(input.password));
    const id = randomUUID();
    const name = input.name.trim() || null;
    await this.insert({ id, email: input.email, name, role: 'pending', passwordHash }, via);
    return this.sessions.issue({ userId: id, passwordVersion: 1, keyId: undefined }, lifetimeSeconds);
  }

  /** Tries user names until one is free, because another sign-up may take a name at the same moment. */
  private async insert(account: NewAccount, via: Protocol): Promise<void> {
    for (const username of usernamesFor(account.email, account.name ?? '')) {
      try {
        await this.insertAs(username, account, via);
        return;
      } catch (error) {
        if (!isError(error, UserExists)) throw error;
      }
    }
    throw UserExists();
  }

  private async insertAs(username: string, account: NewAccount, via: Protocol): Promise<void> {
    const { id: userId, role } = account;
    await this.em.transactional(async () => {
      await this.accounts.add(account, username);
      const caller = { userId, keyId: undefined, via };
      await this.audit.record(caller, { action: 'user.create', subject: username, details: { role } });
    });
  }
}
