import { Body, Controller, Delete, Get, Header, Param, Post } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { DatabaseUnavailable } from '../../common/errors/catalogue.js';
import { Access, SignedIn, Unauthenticated } from '../../common/http/access.decorator.js';
import { ClientAddress } from '../../common/http/client-address.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import { CurrentPrincipal } from '../access/caller.decorator.js';
import type { Principal } from '../access/principal.js';
import {
  ApiKeyNotFound,
  BeyondOwnRights,
  OwnerNotFound,
  PromptNotFound,
  TooManyLogins,
  WrongPassword,
} from '../auth.errors.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { ApiKeyId, ApiKeyList, CreateApiKey, CreatedApiKey, Login, Session } from './credentials.dto.js';
import { LoginService } from './logins/login.service.js';

@ApiTags('Authentication')
@Controller('v1')
export class CredentialsController {
  constructor(
    private readonly logins: LoginService,
    private readonly keys: ApiKeysService,
  ) {}

  @Post('auth/login')
  @Access(Unauthenticated)
  @Header('Cache-Control', 'no-store')
  @Summary('Log in', 'Opens a session of 60 minutes with the rights of the user.')
  @Returns(200, Session, 'A session token, valid wherever an API key is.')
  @Fails(WrongPassword, TooManyLogins, DatabaseUnavailable)
  login(@Body({ schema: Login }) login: Login, @ClientAddress() address: string) {
    return this.logins.login(login, address);
  }

  @Post('api-keys')
  @Access(SignedIn)
  @Summary(
    'Make an API key',
    'Without scopes the key reads, writes and publishes. A key that is made with another key has at most its rights, ' +
      'expires with it at the latest, and is revoked with it.',
  )
  @Returns(201, CreatedApiKey, 'The key, which is shown in this answer only.')
  @Fails(BeyondOwnRights, OwnerNotFound, PromptNotFound)
  createApiKey(@CurrentPrincipal() caller: Principal, @Body({ schema: CreateApiKey }) input: CreateApiKey) {
    return this.keys.create(caller, input);
  }

  @Get('api-keys')
  @Access(SignedIn)
  @Summary('List one’s API keys')
  @Returns(200, ApiKeyList, 'Oldest first, without the keys themselves; at most 1000.')
  listApiKeys(@CurrentPrincipal() caller: Principal) {
    return this.keys.list(caller);
  }

  @Delete('api-keys/:id')
  @Access(SignedIn)
  @Summary('Revoke an API key', 'Also revokes all keys and sessions that were made with it.')
  @Returns(204, null, 'The key is revoked.')
  @Fails(ApiKeyNotFound)
  revokeApiKey(@CurrentPrincipal() caller: Principal, @Param('id', { schema: ApiKeyId }) id: string) {
    return this.keys.revoke(caller, id);
  }
}
