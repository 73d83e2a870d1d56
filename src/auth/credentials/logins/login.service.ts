import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { foldAscii } from '../../../common/ascii.js';
import { Database } from '../../../database/database.js';
import { WrongPassword } from '../../auth.errors.js';
import { foldedEmail } from '../../../database/folded-email.js';
import type { Login, Session } from '../credentials.dto.js';
import { goodFor, LoginAddressesRepository } from './login-addresses.repository.js';
import { LoginLimiter } from './login-limiter.js';
import { passwordMatches } from '../passwords.js';
import { type SessionToken, SessionTokens } from '../session-tokens.js';

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
  is_known_address: boolean;
}

// The address is looked up by the same statement, so that an account takes no longer than none.
const accountFor = {
  name: 'account-for-login',
  text: `select a.id, a.password_hash, a.password_version, l.account_id is not null as is_known_address
         from account a
         left join login_address l on l.account_id = a.id and l.address = $4 and l.used_at > now() - ${goodFor}
         where a.id in (
           select id from owner where slug = $1
           union all select id from account where ${foldedEmail('email')} = ${foldedEmail('$2::text')}
         ) and (a.role <> 'pending' or $3)`,
};

/** Opens sessions for those who know a user's name or address and password. */
@Injectable()
export class LoginService implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly limiter: LoginLimiter,
    private readonly addresses: LoginAddressesRepository,
    private readonly sessions: SessionTokens,
  ) {}

  /** The hash that stands for no account is made now: the first log-in without one would take twice as long. */
  async onApplicationBootstrap(): Promise<void> {
    await passwordMatches('', undefined);
  }

  /** @throws WrongPassword, TooManyLogins */
  async login(login: Login, address: string, lifetimeSeconds?: number): Promise<Session> {
    const { token, expiresAt } = await this.open(login, address, { lifetimeSeconds });
    return { token, token_type: 'Bearer', expires_at: expiresAt.toISOString() };
  }

  /** @throws WrongPassword, TooManyLogins */
  async open(login: Login, address: string, terms: SessionTerms): Promise<SessionToken> {
    const row = await this.find(login, address, terms);
    // An account has one limit, by whichever of its names it is tried.
    const account = row?.id ?? login.username ?? login.email ?? '';
    const attempt = { account, address, isKnownAddress: row?.is_known_address ?? false };
    const token = await this.limiter.attempt(attempt, async () => {
      if (!(await passwordMatches(login.password, row?.password_hash)) || !row) throw WrongPassword();
      const claims = { userId: row.id, passwordVersion: row.password_version, keyId: undefined };
      return this.sessions.issue(claims, terms.lifetimeSeconds);
    });
    if (row) await this.limiter.remember(row.id, address);
    return token;
  }

  private async find(
    { username, email }: Login,
    address: string,
    { evenPending = false }: SessionTerms,
  ): Promise<AccountRow | undefined> {
    const name = username === undefined ? null : foldAscii(username);
    const values = [name, email ?? null, evenPending, this.addresses.hashOf(address)];
    const [row] = await this.database.query<AccountRow>(accountFor, values);
    return row;
  }
}
