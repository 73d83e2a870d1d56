import { Body, Post } from '@nestjs/common';
import { z } from 'zod';
import { ApiProduces } from '../../../common/openapi.decorators.js';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { DatabaseUnavailable } from '../../../common/errors/catalogue.js';
import { Access, SignedInWith } from '../../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../../common/http/documented.decorator.js';
import { ConductorController } from '../conductor-controller.decorator.js';
import {
  AnswerTooLarge,
  EndpointUnreachable,
  HostServiceEndpoint,
  PrivateModelEndpoint,
} from '../endpoints/endpoints.errors.js';
import { ConfigurationUnreadable, IntegrationNotFound } from '../integrations/integrations.errors.js';
import {
  ModelCredentialsRefused,
  ModelFailed,
  ModelOverloaded,
  ModelRefused,
  ModelTimeout,
  TypeCannotBeAsked,
} from './models.errors.js';
import { TestPrompt } from './test-prompt.dto.js';
import { TestPromptService } from './test-prompt.service.js';

@ConductorController('api/prompts/test')
export class TestPromptController {
  constructor(private readonly tests: TestPromptService) {}

  @Post()
  @Access(SignedInWith('prompts:read'))
  @Summary('Try a template out on a model', 'Fills in the variables, asks the model and returns its answer.')
  @ApiProduces('text/plain')
  @Returns(200, z.string(), 'The answer of the model.')
  @Fails(
    IntegrationNotFound,
    ConfigurationUnreadable,
    TypeCannotBeAsked,
    PrivateModelEndpoint,
    HostServiceEndpoint,
    EndpointUnreachable,
    ModelRefused,
    ModelCredentialsRefused,
    ModelOverloaded,
    ModelTimeout,
    ModelFailed,
    AnswerTooLarge,
    DatabaseUnavailable,
  )
  testPrompt(@Body({ schema: TestPrompt }) input: TestPrompt, @CurrentPrincipal() caller: Principal) {
    return this.tests.test(input, caller);
  }
}
