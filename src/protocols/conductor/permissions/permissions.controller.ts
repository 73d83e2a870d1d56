import { Body, Delete, Get, Param, Post } from '@nestjs/common';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { AdminsOnly } from '../../../auth/auth.errors.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Access, SignedInWith } from '../../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../../common/http/documented.decorator.js';
import { NotPromptOwner, PromptNotFound } from '../../../prompts/prompts.errors.js';
import { ConductorController } from '../conductor-controller.decorator.js';
import { IntegrationNotFound } from '../integrations/integrations.errors.js';
import { Authorization, Permissions, type Target, TargetPath } from './permissions.dto.js';
import { PermissionsService } from './permissions.service.js';

@ConductorController('api/auth/authorization')
export class PermissionsController {
  constructor(private readonly permissions: PermissionsService) {}

  @Get(':type/:id')
  @Access(SignedInWith('prompts:read'))
  @Summary('List who has been granted a prompt or a provider')
  @Returns(200, Permissions, 'For each kind of access who has it.')
  @Fails(PromptNotFound, NotPromptOwner, IntegrationNotFound, AdminsOnly, ValidationFailed)
  getPermissions(@Param({ schema: TargetPath }) target: Target, @CurrentPrincipal() caller: Principal) {
    return this.permissions.list(target, caller);
  }

  @Post()
  @Access(SignedInWith('prompts:write'))
  @Summary(
    'Grant access',
    'Besides what is granted already. Afterwards only those who were granted the provider can use it.',
  )
  @Returns(200, null, 'It is granted.')
  @Fails(PromptNotFound, NotPromptOwner, IntegrationNotFound, AdminsOnly)
  grantPermissions(@Body({ schema: Authorization }) input: Authorization, @CurrentPrincipal() caller: Principal) {
    return this.permissions.add(input, caller);
  }

  @Delete()
  @Access(SignedInWith('prompts:write'))
  @Summary('Take access away')
  @Returns(200, null, 'It is not granted, whether it was before or not.')
  @Fails(PromptNotFound, NotPromptOwner, IntegrationNotFound, AdminsOnly)
  removePermissions(@Body({ schema: Authorization }) input: Authorization, @CurrentPrincipal() caller: Principal) {
    return this.permissions.remove(input, caller);
  }
}
