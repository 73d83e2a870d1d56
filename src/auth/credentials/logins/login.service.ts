import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { foldAscii } from '../../../common/ascii.js';
import { WrongPassword } from '../../auth.errors.js';
import type { Login, Session } from '../credentials.dto.js';
import type { Account } from '../../accounts/account.entity.js';
import { passwordMatches } from '../../accounts/passwords.js';
import { LoginAddressesService } from './login-addresses.service.js';
import { LoginLimiter } from './login-limiter.js';
import { accountForLogin } from './logins.queries.js';
import { type SessionToken, SessionTokenService } from '../session-token.service.js';

/** Options of a session where it differs from those of `/v1`. */
export interface SessionOptions {
  readonly lifetimeSeconds?: number | undefined;
  /** Whether pending users get a session as well. */
  readonly isPendingAllowed?: boolean;
}

interface LoginAccount extends Pick<Account, 'id' | 'passwordHash' | 'passwordVersion'> {
  readonly isKnownAddress: boolean;
}

/** Opens sessions for a user name or email address and a password. */
@Injectable()
export class LoginService {
  constructor(
    private readonly em: EntityManager,
    private readonly limiter: LoginLimiter,
    private readonly addresses: LoginAddressesService,
    private readonly sessions: SessionTokenService,
  ) {}

  /** @throws WrongPassword, TooManyLogins */
  async login(login: Login, address: string, lifetimeSeconds?: number): Promise<Session> {
    const { token, expiresAt } = await this.open(login, address, { lifetimeSeconds });
    return { token, token_type: 'Bearer', expires_at: expiresAt.toISOString() };
  }

  /** @throws WrongPassword, TooManyLogins */
  async open(login: Login, address: string, options: SessionOptions): Promise<SessionToken> {
    const found = await this.find(login, address, options);
    // An account has one limit, whether its name or its email address is used.
    const account = found?.id ?? login.username ?? login.email ?? '';
    const attempt = { account, address, isKnownAddress: found?.isKnownAddress ?? false };
    const token = await this.limiter.attempt(attempt, async () => {
      if (!(await passwordMatches(login.password, found?.passwordHash)) || !found) throw WrongPassword();
      const claims = { userId: found.id, passwordVersion: found.passwordVersion, keyId: undefined };
      return this.sessions.issue(claims, options.lifetimeSeconds);
    });
    if (found) await this.limiter.remember(found.id, address);
    return token;
  }

  private async find(
    { username, email }: Login,
    address: string,
    { isPendingAllowed = false }: SessionOptions,
  ): Promise<LoginAccount | undefined> {
    const name = username === undefined ? null : foldAscii(username);
    const values = [name, email ?? null, isPendingAllowed, this.addresses.hashOf(address)];
    return (await this.em.execute<LoginAccount[]>(accountForLogin, values))[0];
  }
}
