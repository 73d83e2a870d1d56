import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isError } from '../../common/errors/define-error.js';
import type { Protocol } from '../../common/protocol.js';
import { Database } from '../../database/database.js';
import { AuditLedger } from '../audit/audit-ledger.js';
import { UserExists } from '../auth.errors.js';
import { LoginLimiter } from '../credentials/logins/login-limiter.js';
import { hashPassword } from '../credentials/passwords.js';
import { type SessionToken, SessionTokens } from '../credentials/session-tokens.js';
import { usernamesFor } from './usernames.js';
import { type NewAccount, UsersRepository } from './users.repository.js';

/** What somebody tells who wants an account. */
export interface SignUp {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Accounts that strangers make for themselves: good for nothing until an administrator gives them a role. */
@Injectable()
export class SignUpService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly limiter: LoginLimiter,
    private readonly sessions: SessionTokens,
    private readonly audit: AuditLedger,
  ) {}

  /** A session of the new account. @throws EmailTaken, TooManySignUps */
  async signUp(wish: SignUp, via: Protocol, address: string, lifetimeSeconds: number): Promise<SessionToken> {
    const passwordHash = await this.limiter.signUp(address, () => hashPassword(wish.password));
    const id = randomUUID();
    const name = wish.name.trim() || null;
    await this.insert({ id, email: wish.email, name, role: 'pending', passwordHash }, via);
    return this.sessions.issue({ userId: id, passwordVersion: 1, keyId: undefined }, lifetimeSeconds);
  }

  /** Under the first user name that is free: others may take one at the same moment. */
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
    await this.database.transaction(async () => {
      await this.users.insert(account, username);
      const me = { userId, keyId: undefined, via };
      await this.audit.record(me, { action: 'user.create', subject: username, details: { role } });
    });
  }
}
