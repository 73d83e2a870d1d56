import { Body, Delete, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { CurrentPrincipal } from '../../../auth/access/caller.decorator.js';
import type { Principal } from '../../../auth/access/principal.js';
import { KeyBoundElsewhere } from '../../../auth/auth.errors.js';
import { Access, SignedInWith, WriterWhoReads } from '../../../common/http/access.decorator.js';
import { Fails, Returns, Summary } from '../../../common/http/documented.decorator.js';
import { LabelProtected } from '../../../history/pointers/labels.errors.js';
import { PromptId } from '../../../prompts/prompts.dto.js';
import { OpenWebUiController } from '../open-webui-controller.decorator.js';
import {
  AccessProhibited,
  CommandTaken,
  MayNotCreate,
  MayNotShare,
  NotFound,
  SomethingWentWrong,
} from '../open-webui.errors.js';
import { PromptModel } from '../prompt-model.js';
import { CommandChangesService } from './command-changes.service.js';
import { CommandCreationsService } from './command-creations.service.js';
import { CommandDeletionsService } from './command-deletions.service.js';
import { CommandUpdatesService } from './command-updates.service.js';
import { CommandForm, CommandGrantsForm, CommandMetaForm, CommandVersionForm } from './editing.dto.js';

const changing = [NotFound, AccessProhibited];
const withoutEntry = 'It makes no entry in the history.';

@OpenWebUiController('api/v1/prompts')
export class EditingController {
  constructor(
    private readonly creations: CommandCreationsService,
    private readonly updates: CommandUpdatesService,
    private readonly changes: CommandChangesService,
    private readonly deletions: CommandDeletionsService,
  ) {}

  @Post('create')
  @Access(SignedInWith('prompts:write'))
  @Summary('Make a prompt', 'Creates a private prompt; its first history entry is live.')
  @Returns(200, PromptModel, 'The prompt.')
  @Fails(MayNotCreate, CommandTaken, AccessProhibited, KeyBoundElsewhere)
  createCommand(@Body({ schema: CommandForm }) form: CommandForm, @CurrentPrincipal() caller: Principal) {
    return this.creations.create(form, caller);
  }

  @Post('id/:id/update')
  @Access(WriterWhoReads)
  @Summary(
    'Save a prompt',
    'Fields that are left out keep their values. A draft does not change the live content, except for command and grants.',
  )
  @Returns(200, PromptModel, 'The prompt as it is live.')
  @Fails(...changing, CommandTaken, MayNotShare, LabelProtected)
  updateCommand(
    @Param('id', { schema: PromptId }) id: string,
    @Body({ schema: CommandForm }) form: CommandForm,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.updates.update(id, form, caller);
  }

  @Post('id/:id/update/meta')
  @Access(WriterWhoReads)
  @Summary('Change the name, command and tags of a prompt', withoutEntry)
  @Returns(200, PromptModel, 'The prompt.')
  @Fails(...changing, CommandTaken, LabelProtected)
  updateCommandMeta(
    @Param('id', { schema: PromptId }) id: string,
    @Body({ schema: CommandMetaForm }) form: CommandMetaForm,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.changes.updateMeta(id, form, caller);
  }

  @Post('id/:id/update/version')
  @Access(WriterWhoReads)
  @Summary('Make an entry of the history live', 'Its name, content, data, meta and tags; command and grants stay.')
  @Returns(200, PromptModel, 'The prompt.')
  @Fails(...changing, SomethingWentWrong, LabelProtected)
  setCommandVersion(
    @Param('id', { schema: PromptId }) id: string,
    @Body({ schema: CommandVersionForm }) form: CommandVersionForm,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.changes.setVersion(id, form, caller);
  }

  @Post('id/:id/access/update')
  @Access(WriterWhoReads)
  @Summary('Share a prompt', `All grants are replaced. ${withoutEntry}`)
  @Returns(200, PromptModel, 'The prompt.')
  @Fails(...changing, MayNotShare)
  shareCommand(
    @Param('id', { schema: PromptId }) id: string,
    @Body({ schema: CommandGrantsForm }) form: CommandGrantsForm,
    @CurrentPrincipal() caller: Principal,
  ) {
    return this.changes.share(id, form, caller);
  }

  @Post('id/:id/toggle')
  @Access(WriterWhoReads)
  @Summary('Switch a prompt off, or on again', withoutEntry)
  @Returns(200, PromptModel, 'The prompt.')
  @Fails(...changing, MayNotShare)
  toggleCommand(@Param('id', { schema: PromptId }) id: string, @CurrentPrincipal() caller: Principal) {
    return this.changes.toggle(id, caller);
  }

  @Delete('id/:id/delete')
  @Access(SignedInWith('prompts:write'))
  @Summary(
    'Delete a prompt that has no package versions',
    'It leaves a tombstone, which an admin can restore on `/v1`.',
  )
  @Returns(200, z.literal(true), 'It is gone for every reader.')
  @Fails(...changing, LabelProtected)
  deleteCommand(@Param('id', { schema: PromptId }) id: string, @CurrentPrincipal() caller: Principal) {
    return this.deletions.delete(id, caller);
  }
}
