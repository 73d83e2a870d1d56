import { Delete, Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Access, SignedInWith } from '../../../common/http/access.decorator.js';
import { Fails, Returns, Streamed, Summary } from '../../../common/http/documented.decorator.js';
import { OpenWebUiController } from '../open-webui-controller.decorator.js';
import { AccessProhibited, NotFound, ProductionEntry } from '../open-webui.errors.js';
import { CommandHistoryService } from './command-history.service.js';
import { ComparedEntries, HistoryEntryPath, HistoryPage, HistoryPath } from './history.dto.js';
import { HistoryDiff } from './history-diff.js';
import { History, HistoryEntryModel } from './history-entry.js';

@OpenWebUiController('api/v1/prompts/id/:id/history')
export class CommandHistoryController {
  constructor(private readonly history: CommandHistoryService) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Streamed()
  @Summary('List the history of a prompt', '20 entries a page.')
  @Returns(200, History, 'Newest first.')
  @Fails(ValidationFailed, NotFound, AccessProhibited)
  listCommandHistory(
    @Param({ schema: HistoryPath }) path: HistoryPath,
    @Query({ schema: HistoryPage }) page: HistoryPage,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.history.list(path, page, caller);
  }

  @Get('diff')
  @Access(SignedInWith('prompts:read'))
  @Summary('Compare two history entries')
  @Returns(200, HistoryDiff, 'What changed from one to the other.')
  @Fails(ValidationFailed, NotFound, AccessProhibited)
  diffHistoryEntries(
    @Param({ schema: HistoryPath }) path: HistoryPath,
    @Query({ schema: ComparedEntries }) compared: ComparedEntries,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.history.diff(path, compared, caller);
  }

  @Get(':hid')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read a history entry')
  @Returns(200, HistoryEntryModel, 'The entry.')
  @Fails(NotFound, AccessProhibited)
  getHistoryEntry(@Param({ schema: HistoryEntryPath }) path: HistoryEntryPath, @CurrentPrincipal() caller: Principal) {
    return this.history.get(path, caller);
  }

  @Delete(':hid')
  @Access(SignedInWith('prompts:write'))
  @Summary('Delete a history entry', 'From this history alone: labels, versions and the other protocols still read it.')
  @Returns(200, z.literal(true), 'It is deleted; entries made from it get its parent.')
  @Fails(NotFound, AccessProhibited, ProductionEntry)
  deleteHistoryEntry(
    @Param({ schema: HistoryEntryPath }) path: HistoryEntryPath,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.history.delete(path, caller);
  }
}
