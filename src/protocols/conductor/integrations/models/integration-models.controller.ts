import { Body, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentPrincipal } from '../../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../../auth/access/principal.js';
import { ValidationFailed } from '../../../../common/errors/catalogue.js';
import { Access, Admin, SignedInWith } from '../../../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../../../common/http/documented.decorator.js';
import { ConductorController } from '../../conductor-controller.decorator.js';
import { IntegrationModelsService } from './integration-models.service.js';
import { IntegrationFilter, Model, ModelList, ModelPath, ProviderPath, SaveModel } from '../integrations.dto.js';
import { IntegrationNotFound } from '../integrations.errors.js';

@ConductorController('api/integrations/provider/:provider/integration')
export class IntegrationModelsController {
  constructor(private readonly models: IntegrationModelsService) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Summary('List the models of a provider')
  @Returns(200, ModelList, 'By name.')
  @Fails(IntegrationNotFound)
  listIntegrationModels(
    @Param({ schema: ProviderPath }) { provider }: ProviderPath,
    @Query({ schema: IntegrationFilter }) filter: IntegrationFilter,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.models.list(provider, filter, caller);
  }

  @Get(':model')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read a model of a provider')
  @Returns(200, Model, 'The model.')
  @Fails(IntegrationNotFound, ValidationFailed)
  getIntegrationModel(@Param({ schema: ModelPath }) path: ModelPath, @CurrentPrincipal() caller: Principal) {
    return this.models.get(path, caller);
  }

  @Post(':model')
  @Access(Admin)
  @Summary('Make or change a model of a provider')
  @Returns(200, null, 'The model is as was said.')
  @Fails(IntegrationNotFound)
  saveIntegrationModel(
    @Param({ schema: ModelPath }) path: ModelPath,
    @Body({ schema: SaveModel }) input: SaveModel,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.models.save(path, input, caller);
  }

  @Delete(':model')
  @Access(Admin)
  @Summary('Delete a model of a provider')
  @Returns(200, null, 'It is gone; templates that name it still do.')
  @Fails(IntegrationNotFound, ValidationFailed)
  deleteIntegrationModel(@Param({ schema: ModelPath }) path: ModelPath, @CurrentPrincipal() caller: Principal) {
    return this.models.delete(path, caller);
  }
}
