import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { IntegrationGrant } from './integration-grant.entity.js';
import { IntegrationModel } from './integration-model.entity.js';
import { IntegrationModelsController } from './integration-models.controller.js';
import { IntegrationModels } from './integration-models.service.js';
import { Integration } from './integration.entity.js';
import { IntegrationsController } from './integrations.controller.js';
import { Integrations } from './integrations.service.js';
import { SealedConfiguration } from './sealed-configuration.js';

const repositories = MikroOrmModule.forFeature([Integration, IntegrationGrant, IntegrationModel]);

/** Providers of models, and who may use them. */
@Module({
  imports: [EndpointsModule, repositories],
  controllers: [IntegrationsController, IntegrationModelsController],
  providers: [IntegrationModels, Integrations, SealedConfiguration],
  exports: [repositories, IntegrationModels, Integrations],
})
export class IntegrationsModule {}
