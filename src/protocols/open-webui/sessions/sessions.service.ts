import { Inject, Injectable } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { Authenticator } from '../../../auth/authentication/authenticator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { InvalidToken } from '../../../auth/auth.errors.js';
import { LoginService } from '../../../auth/credentials/logins/login.service.js';
import type { SessionToken } from '../../../auth/credentials/session-tokens.js';
import { SignUpService } from '../../../auth/credentials/logins/sign-up.service.js';
import { UserDirectory } from '../../../auth/accounts/user-directory.js';
import { Email, Password } from '../../../auth/accounts/users.dto.js';
import { Answer } from '../../../common/http/answer.js';
import { OpenWebUiConfig } from '../../../config/open-webui.config.js';
import { profileImageUrl } from '../profile-image.js';
import { cookiesWith, forgottenCookies } from './session-cookies.js';
import type { Client } from './session-request.decorators.js';
import type { Permissions, SessionUser, SignInForm, SignUpForm } from './sessions.dto.js';
import { MalformedEmail, SignUpClosed, UnsuitablePassword } from './sessions.errors.js';
import { WorkspacePermissions } from './workspace-permissions.js';

const via = 'open-webui';

/** Opens and ends the sessions of the front end, and tells it who is signed in. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly logins: LoginService,
    private readonly signUps: SignUpService,
    private readonly authenticator: Authenticator,
    private readonly directory: UserDirectory,
    private readonly permissions: WorkspacePermissions,
    @Inject(OpenWebUiConfig.KEY) private readonly config: OpenWebUiConfig,
  ) {}

  /** @throws WrongPassword, TooManyLogins */
  async signIn(form: SignInForm, client: Client): Promise<Answer<SessionUser>> {
    const terms = { lifetimeSeconds: this.config.tokenTtlSeconds, evenPending: true };
    return this.opened(await this.logins.open(form, client.address, terms), client);
  }

  /** @throws SignUpClosed, MalformedEmail, UnsuitablePassword, EmailTaken, TooManySignUps */
  async signUp(form: SignUpForm, client: Client): Promise<Answer<SessionUser>> {
    const { allowSignUp, tokenTtlSeconds } = this.config;
    if (!allowSignUp) throw SignUpClosed();
    if (!Email.safeParse(form.email).success) throw MalformedEmail();
    if (!Password.safeParse(form.password).success) throw UnsuitablePassword();
    return this.opened(await this.signUps.signUp(form, via, client.address, tokenTtlSeconds), client);
  }

  signOut(client: Client): Answer<{ status: true }> {
    return unstored({ status: true }, client.isElsewhere ? [] : forgottenCookies(client));
  }

  async describe(me: Principal, token: string): Promise<SessionUser> {
    const [{ id, email, name, role }, mayCreatePrompts] = await Promise.all([
      this.directory.get(me.userId),
      this.permissions.mayCreatePrompts(me),
    ]);
    const user = { id, email, name, role, profile_image_url: profileImageUrl };
    const session = { token, token_type: 'Bearer' as const, expires_at: expiryOf(token) };
    return { ...session, ...user, permissions: permissionsWith(mayCreatePrompts) };
  }

  private async opened({ token, expiresAt }: SessionToken, client: Client): Promise<Answer<SessionUser>> {
    const me = await this.authenticator.principalOf(token, via);
    // Only if the password has been changed in this very moment.
    if (typeof me !== 'object') throw InvalidToken();
    const cookies = client.isElsewhere ? [] : cookiesWith(token, expiresAt, client);
    return unstored(await this.describe(me, token), cookies);
  }
}

/** An answer that no cache keeps. */
function unstored<Body>(body: Body, cookies: string[]): Answer<Body> {
  const headers = { 'cache-control': 'no-store', ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}) };
  return new Answer(body, { headers });
}

/** In seconds since 1970, as a token says that has been found good; null for those that do not say. */
function expiryOf(token: string): number | null {
  try {
    return decodeJwt(token).exp ?? null;
  } catch {
    return null;
  }
}

function permissionsWith(mayCreatePrompts: boolean): Permissions {
  return {
    workspace: {
      models: false,
      knowledge: false,
      prompts: mayCreatePrompts,
      prompts_import: mayCreatePrompts,
      prompts_export: mayCreatePrompts,
      tools: false,
    },
    sharing: { prompts: true, public_prompts: true },
  };
}
