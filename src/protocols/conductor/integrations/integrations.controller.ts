import { Body, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Access, Admin, SignedInWith } from '../../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../../common/http/documented.decorator.js';
import { ConductorController } from '../conductor-controller.decorator.js';
import { HostServiceEndpoint, PrivateModelEndpoint } from '../endpoints/endpoints.errors.js';
import { IntegrationFilter, Provider, ProviderList, ProviderPath, SaveProvider } from './integrations.dto.js';
import { IntegrationNotFound } from './integrations.errors.js';
import { IntegrationsService } from './integrations.service.js';

@ConductorController('api/integrations/provider')
export class IntegrationsController {
  constructor(private readonly integrations: IntegrationsService) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Summary('List the providers of models that the caller may use')
  @Returns(200, ProviderList, 'By name.')
  listIntegrationProviders(
    @Query({ schema: IntegrationFilter }) filter: IntegrationFilter,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.integrations.list(filter, caller);
  }

  @Get(':provider')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read a provider')
  @Returns(200, Provider, 'The provider, without what it is connected with.')
  @Fails(IntegrationNotFound, ValidationFailed)
  getIntegrationProvider(
    @Param({ schema: ProviderPath }) { provider }: ProviderPath,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.integrations.get(provider, caller);
  }

  @Post(':provider')
  @Access(Admin)
  @Summary('Make or change a provider', 'A configuration replaces the stored one; without one, the stored one is kept.')
  @Returns(200, null, 'The provider is as was said.')
  @Fails(PrivateModelEndpoint, HostServiceEndpoint)
  saveIntegrationProvider(
    @Param({ schema: ProviderPath }) { provider }: ProviderPath,
    @Body({ schema: SaveProvider }) input: SaveProvider,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.integrations.save(provider, input, caller);
  }

  @Delete(':provider')
  @Access(Admin)
  @Summary('Delete a provider with its models')
  @Returns(200, null, 'It is gone; templates that name it still do.')
  @Fails(IntegrationNotFound, ValidationFailed)
  deleteIntegrationProvider(
    @Param({ schema: ProviderPath }) { provider }: ProviderPath,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.integrations.delete(provider, caller);
  }
}
