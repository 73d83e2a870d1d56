import { Get, Query } from '@nestjs/common';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { Access, SignedInWith } from '../../../common/http/access.decorator.js';
import { Returns, Summary } from '../../../common/http/documented.decorator.js';
import { OpenWebUiController } from '../open-webui-controller.decorator.js';
import { FoundUsers, GroupModels, UserSearch } from './directory.dto.js';
import { DirectoryService } from './directory.service.js';

@OpenWebUiController('api/v1')
export class DirectoryController {
  constructor(private readonly directory: DirectoryService) {}

  @Get('groups')
  @Access(SignedInWith('prompts:read'))
  @Summary('List the groups that prompts can be shared with')
  @Returns(200, GroupModels, 'All groups, by name; at most 1000. None for a key that is bound to an owner or a prompt.')
  listShareableGroups(@CurrentPrincipal() caller: Principal) {
    return this.directory.listGroups(caller);
  }

  @Get('users/search')
  @Access(SignedInWith('prompts:read'))
  @Summary(
    'Find the users whom prompts can be shared with',
    'Users who have signed up and are not activated yet are left out.',
  )
  @Returns(
    200,
    FoundUsers,
    'A page of them, by name. For a key that is bound to an organization, of its members; none for other bound keys.',
  )
  searchUsers(@Query({ schema: UserSearch }) search: UserSearch, @CurrentPrincipal() caller: Principal) {
    return this.directory.searchUsers(search, caller);
  }
}
