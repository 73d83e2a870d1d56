import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { CurrentCaller } from '../../auth/access/caller.decorator.js';
import type { Caller } from '../../auth/access/principal.js';
import { Anyone } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../common/http/documented.decorator.js';
import { CachesAnswers } from '../../common/http/requests/caches-answers.decorator.js';
import { LabelNotFound } from '../pointers/labels.errors.js';
import { PromptPath } from '../../prompts/prompts.dto.js';
import { PromptNotFound } from '../../prompts/prompts.errors.js';
import { VersionNotFound } from '../releases/releases.errors.js';
import { RevisionNotFound } from '../revisions/revisions.errors.js';
import { Resolved, ResolveQuery } from './resolve.dto.js';
import { DigestMismatch } from './resolve.errors.js';
import { ResolveService } from './resolve.service.js';

@ApiTags('Resolve')
@Controller('v1/prompts/:owner/:name')
export class ResolveController {
  constructor(private readonly service: ResolveService) {}

  @Get('resolve')
  @CachesAnswers(Anyone)
  @Summary(
    'Read what a label, a number, a version or a range points to',
    'At most one of them; the default is the label `production`.',
  )
  @Returns(200, Resolved, 'The revision.', {
    ETag: 'Number and digest of the revision, for `If-None-Match` and `If-Match`.',
    'Cache-Control': '`no-cache` by label or range; for a day and `immutable` by revision or version.',
    Deprecation: 'Since when the version is deprecated: `@` and seconds since 1970.',
    'Deprecation-Notice': 'What to use instead.',
  })
  @Fails(PromptNotFound, LabelNotFound, RevisionNotFound, VersionNotFound, DigestMismatch)
  resolvePrompt(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Query({ schema: ResolveQuery }) query: ResolveQuery,
    @CurrentCaller() caller: Caller,
  ) {
    return this.service.resolve(path, query, caller);
  }
}
