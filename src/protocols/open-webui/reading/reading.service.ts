import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { may } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../auth/accounts/owner.repository.js';
import { jsonArray } from '../../../common/http/json-array.js';
import type { LiveOrder } from '../../../history/live/live-prompt-list.js';
import { type ListedPrompt, LivePromptLists } from '../../../history/live/live-prompt-lists.repository.js';
import { LivePromptsRepository } from '../../../history/live/live-prompts.repository.js';
import type { PromptRecord } from '../../../prompts/prompt.repository.js';
import { actingOwner } from '../../acting-owner.js';
import { NotFound } from '../open-webui.errors.js';
import { OpenWebUiAccess } from '../prompt-access.js';
import { type PromptAccessModel, toPromptModel } from '../prompt-model.js';
import { pageLength, toFilter, toOrder } from './command-search.js';
import type { CommandId, CommandName, CommandSearch } from './reading.dto.js';

const newestUpdate: LiveOrder = { by: 'updated_at', direction: 'desc' };

/** Prompts as the front end lists and opens them. */
@Injectable()
export class ReadingService {
  constructor(
    private readonly access: OpenWebUiAccess,
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly live: LivePromptsRepository,
    private readonly lists: LivePromptLists,
  ) {}

  /** The active ones, sent while they are read. */
  async list(me: Principal): Promise<StreamableFile> {
    const { ids } = await this.lists.find(await this.ownerOf(me), me, { isActive: true }, newestUpdate);
    return this.send(ids, me, toPromptModel);
  }

  async tags(me: Principal): Promise<string[]> {
    return this.lists.tags(await this.ownerOf(me), me, { isActive: true });
  }

  /** A page of what is looked for; sent while it is read, because each can say a mebibyte. */
  async search(wish: CommandSearch, me: Principal): Promise<StreamableFile> {
    const stretch = { limit: pageLength, offset: (wish.page - 1) * pageLength };
    const { total, ids } = await this.lists.find(
      await this.ownerOf(me),
      me,
      toFilter(wish, me),
      toOrder(wish),
      stretch,
    );
    const toItem = (prompt: ListedPrompt) => toListed(prompt, me);
    return this.send(ids, me, toItem, ['{"items":', `,"total":${total}}`]);
  }

  /** @throws NotFound, also for what the caller may not read */
  async byId({ id }: CommandId, me: Principal): Promise<PromptAccessModel> {
    return this.withAccess(await this.access.byId(id, me, 'read', NotFound), me);
  }

  /** @throws NotFound, AccessProhibited */
  async byCommand({ command }: CommandName, me: Principal): Promise<PromptAccessModel> {
    return this.withAccess(await this.access.byCommand(command, me), me);
  }

  private async withAccess({ id, guarded }: PromptRecord, me: Principal): Promise<PromptAccessModel> {
    const prompt = await this.live.find(id);
    if (!prompt) throw NotFound();
    return { ...toPromptModel(prompt), user: null, write_access: may(me, 'write', guarded) };
  }

  private async send(
    ids: readonly string[],
    me: Principal,
    toJson: (prompt: ListedPrompt) => object,
    around?: readonly [string, string],
  ): Promise<StreamableFile> {
    let rest = ids;
    const next = async (): Promise<readonly ListedPrompt[]> => {
      while (rest.length > 0) {
        const page = await this.lists.page(rest, me);
        rest = page.rest;
        if (page.prompts.length > 0) return page.prompts;
      }
      return [];
    };
    return jsonArray(await next(), next, toJson, around);
  }

  private async ownerOf(me: Principal): Promise<string> {
    return (await this.owners.get(actingOwner(me))).id;
  }
}

function toListed(prompt: ListedPrompt, me: Principal): PromptAccessModel {
  return {
    ...toPromptModel(prompt),
    user: {
      id: prompt.created_by,
      name: prompt.author_name,
      role: prompt.author_role,
      email: prompt.author_email,
    },
    write_access: may(me, 'write', prompt.guarded),
  };
}
