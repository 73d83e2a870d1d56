import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '../common/openapi.decorators.js';
import { CurrentCaller, CurrentPrincipal } from '../auth/access/caller.decorator.js';
import type { Caller, Principal } from '../auth/access/principal.js';
import { KeyBoundElsewhere, OwnerNotFound } from '../auth/auth.errors.js';
import { Access, Admin, Anyone, SignedInWith, WriterWhoReads } from '../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../common/http/documented.decorator.js';
import { PromptDeletionsService } from './changes/prompt-deletions.service.js';
import {
  CreatePrompt,
  PromptDetails,
  PromptId,
  PromptPath,
  PromptSummary,
  SearchPrompts,
  SearchResult,
  UpdatePrompt,
} from './prompts.dto.js';
import { LabelProtected, NotPromptOwner, PromptExists, PromptNotFound } from './prompts.errors.js';
import { PromptsService } from './prompts.service.js';
import { PromptSearchService } from './search/prompt-search.service.js';

@ApiTags('Prompts')
@Controller('v1/prompts')
export class PromptsController {
  constructor(
    private readonly prompts: PromptsService,
    private readonly deletions: PromptDeletionsService,
    private readonly searches: PromptSearchService,
  ) {}

  @Post()
  @Access(SignedInWith('prompts:write'))
  @Summary('Make a prompt')
  @Returns(201, PromptSummary, 'The prompt, which has no version yet.')
  @Fails(PromptExists, NotPromptOwner, KeyBoundElsewhere, OwnerNotFound)
  createPrompt(@Body({ schema: CreatePrompt }) prompt: CreatePrompt, @CurrentPrincipal() caller: Principal) {
    return this.prompts.create(prompt, caller);
  }

  @Get()
  @Access(Anyone)
  @Summary('Search prompts', 'Every word of `q` must occur in the name, the description or a tag.')
  @Returns(200, SearchResult, 'By relevance with `q`, newest first without; only what the caller may see.')
  searchPrompts(@Query({ schema: SearchPrompts }) search: SearchPrompts, @CurrentCaller() caller: Caller) {
    return this.searches.search(search, caller);
  }

  @Get(':id')
  @Access(Anyone)
  @Summary('Read a prompt by its id')
  @Returns(200, PromptDetails, 'The prompt.')
  @Fails(PromptNotFound)
  getPromptById(@Param('id', { schema: PromptId }) id: string, @CurrentCaller() caller: Caller) {
    return this.prompts.getById(id, caller);
  }

  @Get(':owner/:name')
  @Access(Anyone)
  @Summary('Read a prompt by its owner and name')
  @Returns(200, PromptDetails, 'The prompt.')
  @Fails(PromptNotFound)
  getPrompt(@Param({ schema: PromptPath }) path: PromptPath, @CurrentCaller() caller: Caller) {
    return this.prompts.getByPath(path, caller);
  }

  @Patch(':id')
  @Access(WriterWhoReads)
  @Summary('Change a prompt', 'Fields that are left out stay as they are.')
  @Returns(200, PromptDetails, 'The prompt as it is now.')
  @Fails(PromptNotFound, NotPromptOwner)
  updatePrompt(
    @Param('id', { schema: PromptId }) id: string,
    @Body({ schema: UpdatePrompt }) change: UpdatePrompt,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.prompts.update(id, change, caller);
  }

  @Delete(':id')
  @Access(SignedInWith('prompts:write'))
  @Summary('Delete a prompt', 'It leaves a tombstone, which an admin can restore.')
  @Returns(204, null, 'The prompt is gone for every reader.')
  @Fails(PromptNotFound, NotPromptOwner, LabelProtected)
  deletePrompt(@Param('id', { schema: PromptId }) id: string, @CurrentPrincipal() caller: Principal) {
    return this.deletions.delete(id, caller);
  }

  @Post(':id/restore')
  @Access(Admin)
  @Summary('Bring a deleted prompt back')
  @Returns(200, PromptDetails, 'The prompt, as it was.')
  @Fails(PromptNotFound, PromptExists)
  restorePrompt(@Param('id', { schema: PromptId }) id: string, @CurrentPrincipal() caller: Principal) {
    return this.deletions.restore(id, caller);
  }
}
