import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { Access, Admin } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import { CurrentPrincipal } from '../access/caller.decorator.js';
import type { Principal } from '../access/principal.js';
import { EmailTaken, LastAdmin, UserExists, UserNotFound } from '../auth.errors.js';
import { CreatedUser, CreateUser, UpdateUser, User, UserId, UserList, UserPage } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('v1/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Post()
  @Access(Admin)
  @Summary('Make a user')
  @Returns(201, CreatedUser, 'The user; without a password in the request, with a one-time password.')
  @Fails(UserExists, EmailTaken)
  createUser(@Body({ schema: CreateUser }) user: CreateUser, @CurrentPrincipal() caller: Principal) {
    return this.users.create(user, caller);
  }

  @Get()
  @Access(Admin)
  @Summary('List users')
  @Returns(200, UserList, 'Oldest first.')
  listUsers(@Query({ schema: UserPage }) page: UserPage) {
    return this.users.list(page);
  }

  @Patch(':id')
  @Access(Admin)
  @Summary('Change a user’s address, password or role')
  @Returns(200, User, 'The user as it is now.')
  @Fails(UserNotFound, EmailTaken, LastAdmin)
  updateUser(
    @Param('id', { schema: UserId }) id: string,
    @Body({ schema: UpdateUser }) change: UpdateUser,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.users.update(id, change, caller);
  }
}
