import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { IntegrationGrant } from './integration-grant.entity.js';
import { IntegrationModel } from './models/integration-model.entity.js';
import { IntegrationModelsController } from './models/integration-models.controller.js';
import { IntegrationModelsService } from './models/integration-models.service.js';
import { Integration } from './integration.entity.js';
import { IntegrationsController } from './integrations.controller.js';
import { IntegrationsService } from './integrations.service.js';
import { ConfigurationCipher } from './configuration-cipher.js';

const repositories = MikroOrmModule.forFeature([Integration, IntegrationGrant, IntegrationModel]);

/** Providers of models, and who may use them. */
@Module({
  imports: [EndpointsModule, repositories],
  controllers: [IntegrationsController, IntegrationModelsController],
  providers: [IntegrationModelsService, IntegrationsService, ConfigurationCipher],
  exports: [repositories, IntegrationModelsService, IntegrationsService],
})
export class IntegrationsModule {}
