import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { isAllowed } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../auth/accounts/owner.repository.js';
import type { ErrorFactory } from '../../../common/errors/define-error.js';
import { type Answer, jsonAnswer } from '../../../common/http/answer.js';
import { jsonArray } from '../../../common/http/json-array.js';
import type { LiveOrder } from '../../../history/live/live-prompt-list.queries.js';
import { type ListedPrompt, LivePromptListReader } from '../../../history/live/live-prompt-list-reader.js';
import { LivePromptReader } from '../../../history/live/live-prompt-reader.js';
import type { LivePrompt } from '../../../history/live/live-prompt.js';
import type { ReadPrompt } from '../../../prompts/prompt-read-cache.js';
import { actingOwner } from '../../acting-owner.js';
import { AccessProhibited, NotFound } from '../open-webui.errors.js';
import { type PromptAccessModel, toPromptModel } from '../prompt-model.js';
import { pageSize, toFilter, toOrder } from './command-search.js';
import type { CommandId, CommandName, CommandSearch } from './reading.dto.js';

const newestUpdate: LiveOrder = { by: 'updated_at', direction: 'desc' };

/** Prompts as the front end lists and opens them. */
@Injectable()
export class ReadingService {
  constructor(
    @InjectRepository(Owner) private readonly owners: OwnerRepository,
    private readonly live: LivePromptReader,
    private readonly lists: LivePromptListReader,
  ) {}

  /** The active ones, sent while they are read. */
  async list(caller: Principal): Promise<StreamableFile> {
    const { ids } = await this.lists.find(await this.ownerOf(caller), caller, { isActive: true }, newestUpdate);
    return this.send(ids, caller, toPromptModel);
  }

  async tags(caller: Principal): Promise<string[]> {
    return this.lists.tags(await this.ownerOf(caller), caller, { isActive: true });
  }

  /** A page of the found prompts. Streamed while it is read, because each can have a mebibyte. */
  async search(query: CommandSearch, caller: Principal): Promise<StreamableFile> {
    const page = { limit: pageSize, offset: (query.page - 1) * pageSize };
    const { total, ids } = await this.lists.find(
      await this.ownerOf(caller),
      caller,
      toFilter(query, caller),
      toOrder(query),
      page,
    );
    const toItem = (prompt: ListedPrompt) => toListed(prompt, caller);
    return this.send(ids, caller, toItem, ['{"items":', `,"total":${total}}`]);
  }

  /** @throws NotFound also if the caller may not read the prompt */
  async byId({ id }: CommandId, caller: Principal): Promise<Answer<string>> {
    return toAnswer(await this.live.jsonById(id, actingOwner(caller), caller, toOpenJson), caller, NotFound);
  }

  /** @throws NotFound, AccessProhibited */
  async byCommand({ command: name }: CommandName, caller: Principal): Promise<Answer<string>> {
    const path = { owner: actingOwner(caller), name };
    return toAnswer(await this.live.jsonByPath(path, caller, toOpenJson), caller, AccessProhibited);
  }

  private async send(
    ids: readonly string[],
    caller: Principal,
    toJson: (prompt: ListedPrompt) => object,
    around?: readonly [string, string],
  ): Promise<StreamableFile> {
    let rest = ids;
    const next = async (): Promise<readonly ListedPrompt[]> => {
      while (rest.length > 0) {
        const page = await this.lists.page(rest, caller);
        rest = page.rest;
        if (page.prompts.length > 0) return page.prompts;
      }
      return [];
    };
    return jsonArray(await next(), next, toJson, around);
  }

  private async ownerOf(caller: Principal): Promise<string> {
    return (await this.owners.get(actingOwner(caller))).id;
  }
}

/** The JSON of a prompt up to what its caller may do: the object is still open. */
function toOpenJson(prompt: LivePrompt): string {
  return JSON.stringify({ ...toPromptModel(prompt), user: null }).slice(0, -1);
}

function toAnswer(found: ReadPrompt | undefined, caller: Principal, refusal: ErrorFactory): Answer<string> {
  if (found?.json === undefined) throw NotFound();
  if (!isAllowed(caller, 'read', found.guarded)) throw refusal();
  return jsonAnswer(`${found.json},"write_access":${isAllowed(caller, 'write', found.guarded)}}`);
}

function toListed(prompt: ListedPrompt, caller: Principal): PromptAccessModel {
  return {
    ...toPromptModel(prompt),
    user: {
      id: prompt.createdBy,
      name: prompt.authorName,
      role: prompt.authorRole,
      email: prompt.authorEmail,
    },
    write_access: isAllowed(caller, 'write', prompt.guarded),
  };
}
