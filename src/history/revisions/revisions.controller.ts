import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { CurrentCaller, CurrentPrincipal } from '../../auth/access/caller.decorator.js';
import type { Caller, Principal } from '../../auth/access/principal.js';
import { Access, Anyone, SignedInWith, WriterWhoReads } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary, TakesIfMatch } from '../../common/http/documented.decorator.js';
import { LabelProtected, TooManyLabels } from '../pointers/labels.errors.js';
import { PromptPath } from '../../prompts/prompts.dto.js';
import { NotPromptOwner, PromptNotFound } from '../../prompts/prompts.errors.js';
import { CreateRevision, RevisionDetails, RevisionList, RevisionPage, RevisionPath } from './revisions.dto.js';
import { NotCurrent, RevisionNotFound } from './revisions.errors.js';
import { RevisionsService } from './revisions.service.js';

const etag = { ETag: 'Number and digest of the revision, for `If-Match`.' };

@ApiTags('Revisions')
@Controller('v1/prompts/:owner/:name/revisions')
export class RevisionsController {
  constructor(private readonly revisions: RevisionsService) {}

  @Post()
  @Access(SignedInWith('prompts:write'))
  @TakesIfMatch()
  @Summary('Save a revision', 'Fields that are left out stay as they are in the newest one.')
  @Returns(200, RevisionDetails, 'The newest revision says the same already.', etag)
  @Returns(201, RevisionDetails, 'The new revision.', etag)
  @Fails(PromptNotFound, NotPromptOwner, NotCurrent, LabelProtected, TooManyLabels)
  createRevision(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Body({ schema: CreateRevision }) input: CreateRevision,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.revisions.create(path, input, ifMatch, caller);
  }

  @Get()
  @Access(Anyone)
  @Summary('List revisions', 'A page also ends where its contents would exceed 4 MiB.')
  @Returns(200, RevisionList, 'Newest first.')
  @Fails(PromptNotFound)
  listRevisions(
    @Param({ schema: PromptPath }) path: PromptPath,
    @Query({ schema: RevisionPage }) page: RevisionPage,
    @CurrentCaller() caller: Caller,
  ) {
    return this.revisions.list(path, page, caller);
  }

  @Get(':number')
  @Access(Anyone)
  @Summary('Read a revision')
  @Returns(200, RevisionDetails, 'The revision.')
  @Fails(PromptNotFound, RevisionNotFound)
  getRevision(@Param({ schema: RevisionPath }) path: RevisionPath, @CurrentCaller() caller: Caller) {
    return this.revisions.get(path, caller);
  }

  @Post(':number/restore')
  @Access(WriterWhoReads)
  @TakesIfMatch()
  @Summary('Make an old revision the newest', 'History is never rewritten: the old content becomes a new revision.')
  @Returns(200, RevisionDetails, 'The newest revision says the same already.', etag)
  @Returns(201, RevisionDetails, 'The new revision.', etag)
  @Fails(PromptNotFound, RevisionNotFound, NotPromptOwner, NotCurrent)
  restoreRevision(
    @Param({ schema: RevisionPath }) path: RevisionPath,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.revisions.restore(path, ifMatch, caller);
  }
}
