import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { WrongPassword } from '../auth.errors.js';
import type { Login, Session } from './credentials.dto.js';
import { LoginLimiter } from './login-limiter.js';
import { passwordMatches } from './passwords.js';
import { type SessionToken, SessionTokens } from './session-tokens.js';

/** Where a session differs from those of `/v1`. */
export interface SessionTerms {
  readonly lifetimeSeconds?: number | undefined;
  /** Whether those get one as well who have signed up and not been let in yet. */
  readonly evenPending?: boolean;
}

interface AccountRow {
  id: string;
  password_hash: string;
  password_version: number;
}

const accountFor = {
  name: 'account-for-login',
  text: `select a.id, a.password_hash, a.password_version from account a join owner o on o.id = a.id
         where (o.slug = lower($1) or lower(a.email) = lower($2)) and (a.role <> 'pending' or $3)`,
};

/** Opens sessions for those who know a user's name or address and password. */
@Injectable()
export class LoginService {
  constructor(
    private readonly database: Database,
    private readonly limiter: LoginLimiter,
    private readonly sessions: SessionTokens,
  ) {}

  /** @throws WrongPassword, TooManyLogins */
  async login(login: Login, address: string, lifetimeSeconds?: number): Promise<Session> {
    const { token, expiresAt } = await this.open(login, address, { lifetimeSeconds });
    return { token, token_type: 'Bearer', expires_at: expiresAt.toISOString() };
  }

  /** @throws WrongPassword, TooManyLogins */
  async open(login: Login, address: string, terms: SessionTerms): Promise<SessionToken> {
    const row = await this.find(login, terms);
    // An account has one limit, by whichever of its names it is tried.
    const account = row?.id ?? login.username ?? login.email ?? '';
    return this.limiter.attempt(account, address, async () => {
      if (!(await passwordMatches(login.password, row?.password_hash)) || !row) throw WrongPassword();
      const claims = { userId: row.id, passwordVersion: row.password_version, keyId: undefined };
      return this.sessions.issue(claims, terms.lifetimeSeconds);
    });
  }

  private async find(
    { username, email }: Login,
    { evenPending = false }: SessionTerms,
  ): Promise<AccountRow | undefined> {
    const values = [username ?? null, email ?? null, evenPending];
    const [row] = await this.database.query<AccountRow>(accountFor, values);
    return row;
  }
}
