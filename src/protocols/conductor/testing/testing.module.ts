import { Module } from '@nestjs/common';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { IntegrationsModule } from '../integrations/integrations.module.js';
import { ModelClient } from './model.client.js';
import { TestPromptController } from './test-prompt.controller.js';
import { TestPromptService } from './test-prompt.service.js';

/** Templates tried out on models. */
@Module({
  imports: [EndpointsModule, IntegrationsModule],
  controllers: [TestPromptController],
  providers: [ModelClient, TestPromptService],
})
export class TestingModule {}
