import { Body, Get, Post } from '@nestjs/common';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { EmailTaken, TooManyLogins, TooManySignUps, WrongPassword } from '../../../auth/auth.errors.js';
import { DatabaseUnavailable } from '../../../common/errors/catalogue.js';
import { Access, SignedInEvenPending, Unauthenticated } from '../../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../../common/http/documented.decorator.js';
import { OpenWebUiController } from '../open-webui-controller.decorator.js';
import { type Client, CurrentClient, PresentedToken } from './session-request.decorators.js';
import { SessionUser, SignedOut, SignInForm, SignUpForm } from './sessions.dto.js';
import { MalformedEmail, SignUpClosed, UnsuitablePassword } from './sessions.errors.js';
import { SessionUsersService } from './session-users.service.js';
import { SessionsService } from './sessions.service.js';

const setsCookies = { 'Set-Cookie': 'The token, for the paths of this protocol; not for pages of other servers.' };

@OpenWebUiController('api/v1/auths')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly users: SessionUsersService,
  ) {}

  @Get()
  @Access(SignedInEvenPending)
  @Summary('Who is signed in?', 'Also for users who have signed up and are not activated yet: their role is `pending`.')
  @Returns(200, SessionUser, 'The user, with the token that was presented.')
  getSessionUser(@CurrentPrincipal() caller: Principal, @PresentedToken() token: string) {
    return this.users.describe(caller, token);
  }

  @Post('signin')
  @Access(Unauthenticated)
  @Summary('Sign in')
  @Returns(200, SessionUser, 'The user, with a new token.', setsCookies)
  @Fails(WrongPassword, TooManyLogins, DatabaseUnavailable)
  signIn(@Body({ schema: SignInForm }) form: SignInForm, @CurrentClient() client: Client) {
    return this.sessions.signIn(form, client);
  }

  @Post('signup')
  @Access(Unauthenticated)
  @Summary('Sign up', 'If the server allows it. An administrator then gives the user a role.')
  @Returns(200, SessionUser, 'The user, who waits to be let in, with a token.', setsCookies)
  @Fails(SignUpClosed, MalformedEmail, UnsuitablePassword, EmailTaken, TooManySignUps, DatabaseUnavailable)
  signUp(@Body({ schema: SignUpForm }) form: SignUpForm, @CurrentClient() client: Client) {
    return this.sessions.signUp(form, client);
  }

  @Get('signout')
  @Access(Unauthenticated)
  @Summary('Sign out', 'Deletes the token’s cookie. The token itself is valid until it expires.')
  @Returns(200, SignedOut, 'The user is signed out.', {
    'Set-Cookie': 'Empty, for the same paths; not for pages of other servers.',
  })
  signOut(@CurrentClient() client: Client) {
    return this.sessions.signOut(client);
  }
}
