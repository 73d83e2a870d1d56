import { Get, Param, Query } from '@nestjs/common';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { ValidationFailed } from '../../../common/errors/catalogue.js';
import { Access, SignedInWith } from '../../../common/http/access.decorator.js';
import { Fails, Returns, Streamed, Summary } from '../../../common/http/documented.decorator.js';
import { OpenWebUiController } from '../open-webui-controller.decorator.js';
import { AccessProhibited, NotFound } from '../open-webui.errors.js';
import { PromptAccessModel, PromptList } from '../prompt-model.js';
import { CommandId, CommandName, CommandSearch, FoundCommands, Tags } from './reading.dto.js';
import { ReadingService } from './reading.service.js';

@OpenWebUiController('api/v1/prompts')
export class ReadingController {
  constructor(private readonly reading: ReadingService) {}

  @Get()
  @Access(SignedInWith('prompts:read'))
  @Streamed()
  @Summary('List prompts')
  @Returns(200, PromptList, 'The active prompts that the caller may read, newest update first.')
  listCommands(@CurrentPrincipal() caller: Principal) {
    return this.reading.list(caller);
  }

  @Get('tags')
  @Access(SignedInWith('prompts:read'))
  @Summary('List the tags of prompts')
  @Returns(200, Tags, 'Each tag of the active prompts that the caller may read once, by code point.')
  listCommandTags(@CurrentPrincipal() caller: Principal) {
    return this.reading.tags(caller);
  }

  @Get('list')
  @Access(SignedInWith('prompts:read'))
  @Streamed()
  @Summary('Search prompts', '30 a page, inactive ones included.')
  @Returns(200, FoundCommands, 'A page of the prompts that the caller may read, with their authors.')
  @Fails(ValidationFailed)
  searchCommands(@Query({ schema: CommandSearch }) query: CommandSearch, @CurrentPrincipal() caller: Principal) {
    return this.reading.search(query, caller);
  }

  @Get('command/:command')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read a prompt by its command')
  @Returns(200, PromptAccessModel, 'The prompt, and whether the caller may write to it.')
  @Fails(NotFound, AccessProhibited)
  getCommandByName(@Param({ schema: CommandName }) path: CommandName, @CurrentPrincipal() caller: Principal) {
    return this.reading.byCommand(path, caller);
  }

  @Get('id/:id')
  @Access(SignedInWith('prompts:read'))
  @Summary('Read a prompt')
  @Returns(200, PromptAccessModel, 'The prompt, and whether the caller may write to it.')
  @Fails(NotFound)
  getCommand(@Param({ schema: CommandId }) path: CommandId, @CurrentPrincipal() caller: Principal) {
    return this.reading.byId(path, caller);
  }
}
