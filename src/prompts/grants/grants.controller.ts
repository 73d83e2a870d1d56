import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { CurrentPrincipal } from '../../auth/access/caller.decorator.js';
import type { Principal } from '../../auth/access/principal.js';
import { Access, SignedInWith } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import { PromptPath } from '../prompts.dto.js';
import { NotPromptOwner, PromptNotFound } from '../prompts.errors.js';
import { GrantList, SetGrants } from './grants.dto.js';
import { PromptGrantsService } from './prompt-grants.service.js';

@ApiTags('Prompts')
@Controller('v1/prompts/:owner/:name/grants')
export class GrantsController {
  constructor(private readonly grants: PromptGrantsService) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Summary('List who has been granted a prompt')
  @Returns(200, GrantList, 'Users before groups, by name.')
  @Fails(PromptNotFound, NotPromptOwner)
  listGrants(@Param({ schema: PromptPath }) path: PromptPath, @CurrentPrincipal() caller: Principal) {
    return this.grants.list(path, caller);
  }

  @Put()
  @Access(SignedInWith('prompts:write'))
  @Summary('Grant a prompt', 'All grants are replaced; those who write may read.')
  @Returns(200, GrantList, 'The grants as they are now.')
  @Fails(PromptNotFound, NotPromptOwner)
  setGrants(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Body({ schema: SetGrants }) input: SetGrants,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.grants.set(path, input, caller);
  }
}
