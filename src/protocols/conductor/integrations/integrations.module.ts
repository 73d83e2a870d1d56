import { Module } from '@nestjs/common';
import { EndpointAddresses } from '../endpoints/endpoint-addresses.js';
import { NameResolver, SystemNameResolver } from '../endpoints/name-resolver.js';
import { PinnedFetch } from '../endpoints/pinned-fetch.js';
import { Models } from '../testing/models.js';
import { TestPromptController } from '../testing/test-prompt.controller.js';
import { TestPromptService } from '../testing/test-prompt.service.js';
import { IntegrationGrantsRepository } from './integration-grants.repository.js';
import { IntegrationModelsController } from './integration-models.controller.js';
import { IntegrationModelsRepository } from './integration-models.repository.js';
import { IntegrationModels } from './integration-models.service.js';
import { IntegrationsController } from './integrations.controller.js';
import { IntegrationsRepository } from './integrations.repository.js';
import { Integrations } from './integrations.service.js';
import { SealedConfiguration } from './sealed-configuration.js';

/** Providers of models, who may use them, and templates tried out on them. */
@Module({
  controllers: [IntegrationsController, IntegrationModelsController, TestPromptController],
  providers: [
    EndpointAddresses,
    IntegrationGrantsRepository,
    IntegrationModels,
    IntegrationModelsRepository,
    Integrations,
    IntegrationsRepository,
    Models,
    PinnedFetch,
    SealedConfiguration,
    TestPromptService,
    { provide: NameResolver, useClass: SystemNameResolver },
  ],
  exports: [IntegrationGrantsRepository, IntegrationModels, Integrations, IntegrationsRepository],
})
export class IntegrationsModule {}
