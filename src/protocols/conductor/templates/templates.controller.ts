import { Body, Delete, Get, Headers, Param, Post, Put, Query } from '@nestjs/common';
import { ConfigureRoute } from '../../../common/route-config.decorator.js';
import { ApiBody } from '../../../common/openapi.decorators.js';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { KeyBoundElsewhere } from '../../../auth/auth.errors.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Access, SignedInWith } from '../../../common/http/access.decorator.js';
import { DisconnectSignal } from '../../../common/http/requests/disconnect-signal.decorator.js';
import { Fails, Returns, Streamed, Summary } from '../../../common/http/documented.decorator.js';
import { LabelProtected } from '../../../history/pointers/labels.errors.js';
import { NameReserved, NotPromptOwner, PromptNotFound, PromptPublished } from '../../../prompts/prompts.errors.js';
import { VersionNotFound } from '../../../history/releases/releases.errors.js';
import { ConductorController } from '../conductor-controller.decorator.js';
import { IntegrationNotFound } from '../integrations/integrations.errors.js';
import { BulkTemplatesService } from './saving/bulk-templates.service.js';
import { MessageTemplate, MessageTemplateList } from './message-template.js';
import { TemplateDeletionsService } from './template-deletions.service.js';
import { fromPost, fromPut } from './saving/template-save.js';
import { readTemplate } from './saving/template-text.js';
import { TemplateWriterService } from './saving/template-writer.service.js';
import { BulkTemplates, CreateTemplate, ReadTemplate, SaveTemplate, TemplatePath } from './templates.dto.js';
import { MayNotDelete, MayNotRead, MayNotUpdate } from './templates.errors.js';
import { TemplatesService } from './templates.service.js';

const templateBody = {
  description: 'The text itself or as a JSON string.',
  schema: { type: 'string' as const, example: 'Answer ${customer} kindly.' },
};
const saving = [IntegrationNotFound, LabelProtected, NameReserved, NotPromptOwner, KeyBoundElsewhere];

@ConductorController('api/prompts')
export class TemplatesController {
  constructor(
    private readonly templates: TemplatesService,
    private readonly writer: TemplateWriterService,
    private readonly bulk: BulkTemplatesService,
    private readonly deletions: TemplateDeletionsService,
  ) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Streamed()
  @Summary('List templates')
  @Returns(200, MessageTemplateList, 'The highest version of every prompt that the caller may read, by name.')
  listTemplates(@CurrentPrincipal() caller: Principal) {
    return this.templates.list(caller);
  }

  @Post()
  @Access(SignedInWith('prompts:write'))
  @ConfigureRoute({ bodyIs: 'json' })
  @Summary(
    'Save templates',
    'At most 1000, in their order, without those that the caller may not change. The first error stops the rest, and so does a client that closes its connection.',
  )
  @Returns(200, null, 'They are saved.')
  @Fails(...saving)
  saveTemplates(
    @Body({ schema: BulkTemplates }) templates: BulkTemplates,
    @CurrentPrincipal() caller: Principal,
    @DisconnectSignal() disconnected: AbortSignal,
  ) {
    return this.bulk.save(templates, caller, disconnected);
  }

  @Get(':name')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read a template')
  @Returns(200, MessageTemplate, 'The version that was asked for, or the highest.')
  @Fails(PromptNotFound, VersionNotFound, MayNotRead)
  getTemplate(
    @Param({ schema: TemplatePath }) { name }: TemplatePath,
    @Query({ schema: ReadTemplate }) { version }: ReadTemplate,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.templates.get(name, version, caller);
  }

  @Put(':name')
  @Access(SignedInWith('prompts:write'))
  @ConfigureRoute({ bodyIs: 'bytes' })
  @ApiBody(templateBody)
  @Summary(
    'Save a template',
    'Replaces the named version, or the highest one; fields that are left out keep their values.',
  )
  @Returns(200, null, 'It is saved. The replaced state remains in the history of the prompt.')
  @Fails(MayNotUpdate, ...saving)
  saveTemplate(
    @Param({ schema: TemplatePath }) { name }: TemplatePath,
    @Query({ schema: SaveTemplate }) input: SaveTemplate,
    @Body() body: unknown,
    @Headers('user-agent') agent: string | undefined,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.writer.save(fromPut(name, readTemplate(body, agent), input), caller);
  }

  @Post(':name')
  @Access(SignedInWith('prompts:write'))
  @ConfigureRoute({ bodyIs: 'bytes' })
  @ApiBody(templateBody)
  @Summary(
    'Make a version of a template',
    'Saves version 1, replacing an existing one, unless the query says otherwise.',
  )
  @Returns(200, null, 'It is saved. The replaced state remains in the history of the prompt.')
  @Fails(MayNotUpdate, ...saving)
  createTemplate(
    @Param({ schema: TemplatePath }) { name }: TemplatePath,
    @Query({ schema: CreateTemplate }) input: CreateTemplate,
    @Body() body: unknown,
    @Headers('user-agent') agent: string | undefined,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.writer.save(fromPost(name, readTemplate(body, agent), input), caller);
  }

  @Delete(':name')
  @Access(SignedInWith('prompts:write'))
  @Summary('Delete a prompt', 'It leaves a tombstone, which an admin can restore on `/v1`.')
  @Returns(200, null, 'The prompt is gone for every reader.')
  @Fails(ValidationFailed, PromptNotFound, MayNotDelete, LabelProtected, PromptPublished)
  deleteTemplate(@Param({ schema: TemplatePath }) { name }: TemplatePath, @CurrentPrincipal() caller: Principal) {
    return this.deletions.delete(name, caller);
  }
}
