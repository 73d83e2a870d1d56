import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { Access, SignedIn } from '../../common/http/access.decorator.js';
import { ClientAddress } from '../../common/http/client-address.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import { CurrentPrincipal } from '../access/caller.decorator.js';
import type { Principal } from '../access/principal.js';
import { TooManyLogins, WrongPassword } from '../auth.errors.js';
import { ChangePassword, User } from '../accounts/users.dto.js';
import { UsersService } from '../accounts/users.service.js';
import { PasswordChangeService } from './logins/password-change.service.js';

@ApiTags('Authentication')
@Controller('v1/me')
export class MeController {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordChangeService,
  ) {}

  @Get()
  @Access(SignedIn)
  @Summary('Who am I?')
  @Returns(200, User, 'The user that the credentials belong to.')
  getMe(@CurrentPrincipal() { userId }: Principal) {
    return this.users.get(userId);
  }

  @Post('password')
  @Access(SignedIn)
  @Summary('Change one’s own password', 'Every session that was opened with the old password ends at once.')
  @Returns(204, null, 'The password is changed.')
  @Fails(WrongPassword, TooManyLogins)
  changePassword(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: ChangePassword }) change: ChangePassword,
    @ClientAddress() address: string,
  ) {
    return this.passwords.change(caller, change, address);
  }
}
