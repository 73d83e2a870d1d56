import { Controller, Get, Headers, Param, Query } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { CurrentCaller } from '../../auth/access/caller.decorator.js';
import type { Caller } from '../../auth/access/principal.js';
import { Access, Anyone } from '../../common/http/access.decorator.js';
import { AlsoAsText, Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import { LabelNotFound } from '../pointers/labels.errors.js';
import { PromptPath } from '../../prompts/prompts.dto.js';
import { PromptNotFound } from '../../prompts/prompts.errors.js';
import { VersionNotFound } from '../releases/releases.errors.js';
import { RevisionNotFound } from '../revisions/revisions.errors.js';
import { DiffQuery, RevisionDiff } from './diff.dto.js';
import { DiffService } from './diff.service.js';

@ApiTags('Revisions')
@Controller('v1/prompts/:owner/:name')
export class DiffController {
  constructor(private readonly service: DiffService) {}

  @Get('diff')
  @Access(Anyone)
  @Summary('Compare two revisions', '`Accept: text/x-diff` gives the patch itself.')
  @Returns(200, RevisionDiff, 'What changed from one to the other.')
  @AlsoAsText('text/x-diff')
  @Fails(PromptNotFound, LabelNotFound, RevisionNotFound, VersionNotFound)
  diffRevisions(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Query({ schema: DiffQuery }) query: DiffQuery,
    @Headers('accept') accept: string | undefined,
    @CurrentCaller() caller: Caller,
  ) {
    return this.service.diff(path, query, accept, caller);
  }
}
