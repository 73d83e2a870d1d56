import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { CurrentCaller } from '../../auth/access/caller.decorator.js';
import type { Caller } from '../../auth/access/principal.js';
import { Access, Anyone } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import { LabelNotFound } from '../pointers/labels.errors.js';
import { PromptPath } from '../../prompts/prompts.dto.js';
import { PromptNotFound } from '../../prompts/prompts.errors.js';
import { VersionNotFound } from '../releases/releases.errors.js';
import { DigestMismatch } from '../resolve/resolve.errors.js';
import { RevisionNotFound } from '../revisions/revisions.errors.js';
import { Rendered, RenderPrompt } from './render.dto.js';
import { RenderService } from './render.service.js';

@ApiTags('Resolve')
@Controller('v1/prompts/:owner/:name')
export class RenderController {
  constructor(private readonly service: RenderService) {}

  @Post('render')
  @Access(Anyone)
  @Summary('Fill in a template', 'Values are data: they go into the text as they are and are never read as a template.')
  @Returns(200, Rendered, 'The text, and a receipt that names every part by its digest.')
  @Fails(PromptNotFound, LabelNotFound, RevisionNotFound, VersionNotFound, DigestMismatch)
  renderPrompt(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Body({ schema: RenderPrompt }) input: RenderPrompt,
    @CurrentCaller() caller: Caller,
  ) {
    return this.service.render(path, input, caller);
  }
}
