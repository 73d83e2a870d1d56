import { Delete, Get, Param } from '@nestjs/common';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Access, SignedInWith } from '../../../common/http/access.decorator.js';
import { Fails, Returns, Streamed, Summary } from '../../../common/http/documented.decorator.js';
import { LabelProtected } from '../../../history/pointers/labels.errors.js';
import { PromptNotFound, PromptPublished } from '../../../prompts/prompts.errors.js';
import { VersionNotFound } from '../../../history/releases/releases.errors.js';
import { ConductorController } from '../conductor-controller.decorator.js';
import { MessageTemplateList } from './message-template.js';
import { TemplateDeletionsService } from './template-deletions.service.js';
import { TemplatePath, TemplateVersionPath } from './templates.dto.js';
import { MayNotDelete, MayNotRead } from './templates.errors.js';
import { TemplatesService } from './templates.service.js';

@ConductorController('api/prompts/:name/versions')
export class TemplateVersionsController {
  constructor(
    private readonly templates: TemplatesService,
    private readonly deletions: TemplateDeletionsService,
  ) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Streamed()
  @Summary('List the versions of a template')
  @Returns(200, MessageTemplateList, 'Highest first.')
  @Fails(ValidationFailed, PromptNotFound, MayNotRead)
  listTemplateVersions(@Param({ schema: TemplatePath }) { name }: TemplatePath, @CurrentPrincipal() caller: Principal) {
    return this.templates.versions(name, caller);
  }

  @Delete(':version')
  @Access(SignedInWith('prompts:write'))
  @Summary('Delete a version of a template', 'Deleting the last version deletes the prompt.')
  @Returns(200, null, 'The version is deleted. Its content remains in the history of the prompt.')
  @Fails(ValidationFailed, PromptNotFound, VersionNotFound, MayNotDelete, LabelProtected, PromptPublished)
  deleteTemplateVersion(
    @Param({ schema: TemplateVersionPath }) { name, version }: TemplateVersionPath,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.deletions.deleteVersion(name, version, caller);
  }
}
