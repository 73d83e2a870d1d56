import { Body, Get, Header, Post } from '@nestjs/common';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { TooManyLogins, WrongKeyPair, WrongPassword } from '../../../auth/auth.errors.js';
import { DatabaseUnavailable } from '../../../common/errors/catalogue.js';
import { Access, SignedIn, Unauthenticated } from '../../../common/http/access.decorator.js';
import { ClientAddress } from '../../../common/http/client-address.js';
import { Fails, Returns, Summary } from '../../../common/http/documented.decorator.js';
import { ConductorController } from '../conductor-controller.decorator.js';
import { Token, TokenRequest, UserInfo } from './token.dto.js';
import { TokenService } from './token.service.js';

@ConductorController('api/token')
export class TokenController {
  constructor(private readonly tokens: TokenService) {}

  @Post()
  // A client that asks for a new token may still send the old one along.
  @Access(Unauthenticated)
  @Header('Cache-Control', 'no-store')
  @Summary('Exchange an API key, or an email address and a password, for a token')
  @Returns(200, Token, 'A token with the rights of the key or of the user.')
  @Fails(WrongKeyPair, WrongPassword, TooManyLogins, DatabaseUnavailable)
  createToken(@Body({ schema: TokenRequest }) request: TokenRequest, @ClientAddress() address: string) {
    return this.tokens.exchange(request, address);
  }

  @Get('userInfo')
  @Access(SignedIn)
  @Summary('Whose token is it?')
  @Returns(200, UserInfo, 'The user, with their groups.')
  getTokenUser(@CurrentPrincipal() caller: Principal) {
    return this.tokens.describe(caller);
  }
}
