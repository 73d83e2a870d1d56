import { Body, Delete, Get, Param, Put } from '@nestjs/common';
import { CurrentPrincipal } from '../../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../../auth/access/principal.js';
import { ValidationFailed } from '../../../../common/errors/catalogue.js';
import { Access, SignedInWith } from '../../../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../../../common/http/documented.decorator.js';
import { PromptNotFound } from '../../../../prompts/prompts.errors.js';
import { ConductorController } from '../../conductor-controller.decorator.js';
import { TagList, TemplateTags } from './template-tag.js';
import { TemplateTagsService } from './template-tags.service.js';
import { TemplatePath } from '../templates.dto.js';
import { MayNotRead, MayNotUpdate } from '../templates.errors.js';

@ConductorController('api/prompts/:name/tags')
export class TemplateTagsController {
  constructor(private readonly tags: TemplateTagsService) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Summary('List the tags of a prompt')
  @Returns(200, TagList, 'In the order in which they were added.')
  @Fails(ValidationFailed, PromptNotFound, MayNotRead)
  listTemplateTags(@Param({ schema: TemplatePath }) { name }: TemplatePath, @CurrentPrincipal() caller: Principal) {
    return this.tags.list(name, caller);
  }

  @Put()
  @Access(SignedInWith('prompts:write'))
  @Summary('Add tags to a prompt', 'A pair of key and value that exists already is left unchanged.')
  @Returns(200, null, 'They are there.')
  @Fails(PromptNotFound, MayNotUpdate)
  addTemplateTags(
    @Param({ schema: TemplatePath }) { name }: TemplatePath,
    @Body({ schema: TemplateTags }) tags: TemplateTags,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.tags.add(name, tags, caller);
  }

  @Delete()
  @Access(SignedInWith('prompts:write'))
  @Summary('Take tags from a prompt', 'Removes the pairs with the same key and value; missing pairs are ignored.')
  @Returns(200, null, 'They are gone.')
  @Fails(PromptNotFound, MayNotUpdate)
  removeTemplateTags(
    @Param({ schema: TemplatePath }) { name }: TemplatePath,
    @Body({ schema: TemplateTags }) tags: TemplateTags,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.tags.remove(name, tags, caller);
  }
}
