import { Get, Param, Post } from '@nestjs/common';
import { ConfigureRoute } from '../../../common/route-config.decorator.js';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Access, SignedInWith } from '../../../common/http/access.decorator.js';
import { Fails, Returns, Streamed, Summary } from '../../../common/http/documented.decorator.js';
import { LabelProtected } from '../../../history/pointers/labels.errors.js';
import { PromptNotFound } from '../../../prompts/prompts.errors.js';
import { ConductorController } from '../conductor-controller.decorator.js';
import { ModelPath } from '../integrations/integrations.dto.js';
import { IntegrationNotFound } from '../integrations/integrations.errors.js';
import { MessageTemplateList } from '../templates/message-template.js';
import { MayNotUpdate } from '../templates/templates.errors.js';
import { AssociatedTemplatesService } from './associated-templates.service.js';
import { AssociationPath } from './associations.dto.js';
import { AssociationsService } from './associations.service.js';

@ConductorController('api/integrations/provider/:provider/integration/:model/prompt')
export class AssociationsController {
  constructor(
    private readonly associations: AssociationsService,
    private readonly templates: AssociatedTemplatesService,
  ) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Streamed()
  @Summary('List the templates that are for a model')
  @Returns(
    200,
    MessageTemplateList,
    'The templates that the caller may read and whose highest version names the model.',
  )
  @Fails(IntegrationNotFound, ValidationFailed)
  listTemplatesOfModel(@Param({ schema: ModelPath }) path: ModelPath, @CurrentPrincipal() caller: Principal) {
    return this.templates.list(path, caller);
  }

  @Post(':prompt')
  @Access(SignedInWith('prompts:write'))
  @ConfigureRoute({ bodyIs: 'bytes' })
  @Summary('Say that a template is for a model', 'Its highest version names the model from now on.')
  @Returns(200, null, 'It is, whether it was before or not.')
  @Fails(PromptNotFound, MayNotUpdate, IntegrationNotFound, LabelProtected, ValidationFailed)
  addTemplateToModel(@Param({ schema: AssociationPath }) path: AssociationPath, @CurrentPrincipal() caller: Principal) {
    return this.associations.add(path, caller);
  }
}
