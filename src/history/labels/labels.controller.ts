import { Body, Controller, Delete, Get, Headers, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '../../common/openapi.decorators.js';
import { CurrentCaller, CurrentPrincipal } from '../../auth/access/caller.decorator.js';
import type { Caller, Principal } from '../../auth/access/principal.js';
import { Access, Anyone, SignedInWith } from '../../common/http/access.decorator.js';
import { Fails, Returns, Summary, TakesIfMatch } from '../../common/http/documented.decorator.js';
import { PromptPath } from '../../prompts/prompts.dto.js';
import { NotPromptOwner, PromptNotFound } from '../../prompts/prompts.errors.js';
import { VersionNotFound } from '../releases/releases.errors.js';
import { NotCurrent, RevisionNotFound } from '../revisions/revisions.errors.js';
import {
  LabelHistory,
  LabelHistoryPage,
  LabelItem,
  LabelList,
  LabelPath,
  MoveLabel,
  ProtectLabel,
} from './labels.dto.js';
import { LabelNotFound, LabelProtected, TooManyLabels } from '../pointers/labels.errors.js';
import { LabelMovesService } from './label-moves.service.js';
import { LabelProtectionsService } from './label-protections.service.js';
import { LabelsService } from './labels.service.js';

@ApiTags('Labels')
@Controller('v1/prompts/:owner/:name/labels')
export class LabelsController {
  constructor(
    private readonly labels: LabelsService,
    private readonly moves: LabelMovesService,
    private readonly protections: LabelProtectionsService,
  ) {}

  @Get()
  @Access(Anyone)
  @Summary('List labels')
  @Returns(200, LabelList, 'By name, with `latest`, which always points to the newest revision.')
  @Fails(PromptNotFound)
  listLabels(@Param({ schema: PromptPath }) path: PromptPath, @CurrentCaller() caller: Caller) {
    return this.labels.list(path, caller);
  }

  @Put(':label')
  @Access(SignedInWith('prompts:write'))
  @TakesIfMatch()
  @Summary('Point a label to a revision', 'Creates the label if it does not exist.')
  @Returns(200, LabelItem, 'Where it points now.')
  @Fails(PromptNotFound, RevisionNotFound, VersionNotFound, NotPromptOwner, LabelProtected, TooManyLabels, NotCurrent)
  moveLabel(
    @Param({ schema: LabelPath }) path: LabelPath,
    @Body({ schema: MoveLabel }) to: MoveLabel,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.moves.move(path, to, ifMatch, caller);
  }

  @Delete(':label')
  @Access(SignedInWith('prompts:write'))
  @TakesIfMatch()
  @Summary('Take a label away', 'Its history is kept.')
  @Returns(204, null, 'The label is gone.')
  @Fails(PromptNotFound, LabelNotFound, NotPromptOwner, LabelProtected, NotCurrent)
  deleteLabel(
    @Param({ schema: LabelPath }) path: LabelPath,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.moves.delete(path, ifMatch, caller);
  }

  @Get(':label/history')
  @Access(Anyone)
  @Summary('Read the moves of a label')
  @Returns(200, LabelHistory, 'Newest first.')
  @Fails(PromptNotFound, LabelNotFound)
  getLabelHistory(
    @Param({ schema: LabelPath }) path: LabelPath,
    @Query({ schema: LabelHistoryPage }) page: LabelHistoryPage,
    @CurrentCaller() caller: Caller,
  ) {
    return this.labels.history(path, page, caller);
  }

  @Put(':label/protection')
  @Access(SignedInWith('prompts:write'))
  @Summary('Protect a label', 'Only the named users can move it, with any protocol and any key.')
  @Returns(200, LabelItem, 'The protected label; also one that points nowhere yet.')
  @Fails(PromptNotFound, NotPromptOwner)
  protectLabel(
    @Param({ schema: LabelPath }) path: LabelPath,
    @Body({ schema: ProtectLabel }) { writers }: ProtectLabel,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.protections.protect(path, writers, caller);
  }

  @Delete(':label/protection')
  @Access(SignedInWith('prompts:write'))
  @Summary('End the protection of a label')
  @Returns(204, null, 'Users with write access may move it.')
  @Fails(PromptNotFound, LabelNotFound, NotPromptOwner)
  unprotectLabel(@Param({ schema: LabelPath }) path: LabelPath, @CurrentPrincipal() caller: Principal) {
    return this.protections.unprotect(path, caller);
  }
}
