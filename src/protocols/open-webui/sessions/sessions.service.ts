import { Inject, Injectable } from '@nestjs/common';
import { Authenticator } from '../../../auth/authentication/authenticator.js';
import { InvalidToken } from '../../../auth/auth.errors.js';
import { LoginService, type SessionOptions } from '../../../auth/credentials/logins/login.service.js';
import type { SessionToken } from '../../../auth/credentials/session-token.service.js';
import { SignUpService } from '../../../auth/credentials/logins/sign-up.service.js';
import { Email, Password } from '../../../auth/accounts/users.dto.js';
import { Answer } from '../../../common/http/answer.js';
import { OpenWebUiConfig } from '../../../config/open-webui.config.js';
import { tokenCookies, clearedCookies } from './session-cookies.js';
import type { Client } from './session-request.decorators.js';
import { SessionUsersService } from './session-users.service.js';
import type { SessionUser, SignInForm, SignUpForm } from './sessions.dto.js';
import { MalformedEmail, SignUpClosed, UnsuitablePassword } from './sessions.errors.js';

const via = 'open-webui';

/** Opens and ends the sessions of the front end. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly logins: LoginService,
    private readonly signUps: SignUpService,
    private readonly authenticator: Authenticator,
    private readonly users: SessionUsersService,
    @Inject(OpenWebUiConfig.KEY) private readonly config: OpenWebUiConfig,
  ) {}

  /** @throws WrongPassword, TooManyLogins */
  async signIn(form: SignInForm, client: Client): Promise<Answer<SessionUser>> {
    const options: SessionOptions = { lifetimeSeconds: this.config.tokenTtlSeconds, isPendingAllowed: true };
    return this.toAnswer(await this.logins.open(form, client.address, options), client);
  }

  /** @throws SignUpClosed, MalformedEmail, UnsuitablePassword, EmailTaken, TooManySignUps */
  async signUp(form: SignUpForm, client: Client): Promise<Answer<SessionUser>> {
    const { allowSignUp, tokenTtlSeconds } = this.config;
    if (!allowSignUp) throw SignUpClosed();
    if (!Email.safeParse(form.email).success) throw MalformedEmail();
    if (!Password.safeParse(form.password).success) throw UnsuitablePassword();
    return this.toAnswer(await this.signUps.signUp(form, via, client.address, tokenTtlSeconds), client);
  }

  signOut(client: Client): Answer<{ status: true }> {
    return noStoreAnswer({ status: true }, client.isCrossOrigin ? [] : clearedCookies(client));
  }

  private async toAnswer({ token, expiresAt }: SessionToken, client: Client): Promise<Answer<SessionUser>> {
    const caller = await this.authenticator.principalOf(token, via);
    // Happens only if the password was changed at this moment.
    if (typeof caller !== 'object') throw InvalidToken();
    const cookies = client.isCrossOrigin ? [] : tokenCookies(token, expiresAt, client);
    return noStoreAnswer(await this.users.describe(caller, token), cookies);
  }
}

/** An answer that no cache keeps. */
function noStoreAnswer<Body>(body: Body, cookies: string[]): Answer<Body> {
  const headers = { 'cache-control': 'no-store', ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}) };
  return new Answer(body, { headers });
}
