import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { Access, Admin, SignedInWith } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import type { Page } from '../../common/http/page.js';
import { CurrentPrincipal } from '../access/caller.decorator.js';
import type { Principal } from '../access/principal.js';
import { GroupExists, GroupNotFound, MemberNotFound, UserNotFound } from '../auth.errors.js';
import {
  CreateGroup,
  Group,
  GroupDetails,
  GroupId,
  GroupList,
  GroupMemberPage,
  GroupMemberPath,
  GroupPage,
  UpdateGroup,
} from './groups.dto.js';
import { GroupsService } from './groups.service.js';

@ApiTags('Groups')
@Controller('v1/groups')
export class GroupsController {
  constructor(private readonly groups: GroupsService) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Summary('List groups')
  @Returns(200, GroupList, 'By slug. None for a key that is bound to an owner or a prompt.')
  listGroups(@Query({ schema: GroupPage }) page: Page, @CurrentPrincipal() caller: Principal) {
    return this.groups.list(page, caller);
  }

  @Post()
  @Access(Admin)
  @Summary('Make a group')
  @Returns(201, Group, 'The group, which has no members yet.')
  @Fails(GroupExists)
  createGroup(@Body({ schema: CreateGroup }) group: CreateGroup, @CurrentPrincipal() caller: Principal) {
    return this.groups.create(group, caller);
  }

  @Get(':id')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read a group', '`limit` and `offset` are about its members.')
  @Returns(200, GroupDetails, 'The group; with its members for administrators and for themselves.')
  @Fails(GroupNotFound)
  getGroup(
    @Param('id', { schema: GroupId }) id: string,
    @Query({ schema: GroupMemberPage }) page: Page,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.groups.get(id, page, caller);
  }

  @Patch(':id')
  @Access(Admin)
  @Summary(
    'Change a group’s name or description',
    'Fields that are left out stay as they are. The slug does not change.',
  )
  @Returns(200, Group, 'The group as it is now.')
  @Fails(GroupNotFound)
  updateGroup(
    @Param('id', { schema: GroupId }) id: string,
    @Body({ schema: UpdateGroup }) change: UpdateGroup,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.groups.update(id, change, caller);
  }

  @Delete(':id')
  @Access(Admin)
  @Summary('Delete a group')
  @Returns(204, null, 'The group and every grant to it are deleted.')
  @Fails(GroupNotFound)
  deleteGroup(@Param('id', { schema: GroupId }) id: string, @CurrentPrincipal() caller: Principal) {
    return this.groups.delete(id, caller);
  }

  @Put(':id/members/:user')
  @Access(Admin)
  @Summary('Add a user to a group')
  @Returns(204, null, 'The user is a member, whether they were before or not.')
  @Fails(GroupNotFound, UserNotFound)
  addGroupMember(@Param({ schema: GroupMemberPath }) path: GroupMemberPath, @CurrentPrincipal() caller: Principal) {
    return this.groups.addMember(path, caller);
  }

  @Delete(':id/members/:user')
  @Access(Admin)
  @Summary('Remove a user from a group')
  @Returns(204, null, 'The user is not a member.')
  @Fails(GroupNotFound, UserNotFound, MemberNotFound)
  removeGroupMember(@Param({ schema: GroupMemberPath }) path: GroupMemberPath, @CurrentPrincipal() caller: Principal) {
    return this.groups.removeMember(path, caller);
  }
}
