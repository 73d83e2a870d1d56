import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { type Guarded, isAllowed } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import { Owner } from '../../../auth/accounts/owner.entity.js';
import { OwnerRepository } from '../../../auth/accounts/owner.repository.js';
import type { ErrorFactory } from '../../../common/errors/define-error.js';
import { type Answer, jsonAnswer, jsonBytes } from '../../../common/http/answer.js';
import { jsonArray } from '../../../common/http/json-array.js';
import type { LiveOrder } from '../../../history/live/live-prompt-list.queries.js';
import { type ListedPrompt, LivePromptListReader } from '../../../history/live/live-prompt-list-reader.js';
import { LivePromptReader } from '../../../history/live/live-prompt-reader.js';
import type { LivePrompt } from '../../../history/live/live-prompt.js';
import type { ReadPrompt } from '../../../prompts/prompt-read-cache.js';
import { actingOwner } from '../../acting-owner.js';
import { AccessProhibited, NotFound } from '../open-webui.errors.js';
import { toPromptModel, type UserModel } from '../prompt-model.js';
import { pageSize, toFilter, toOrder } from './command-search.js';
import type { CommandId, CommandName, CommandSearch } from './reading.dto.js';

const newestUpdate: LiveOrder = { by: 'updated_at', direction: 'desc' };

const [noBytes, comma] = [Buffer.alloc(0), Buffer.from(',')];
const [writable, readOnly] = [true, false].map((may) => Buffer.from(`,"write_access":${may}}`)) as [Buffer, Buffer];

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
    return this.send(ids, caller, (prompt) => JSON.stringify(toPromptModel(prompt)));
  }

  async tags(caller: Principal): Promise<string[]> {
    return this.lists.tags(await this.ownerOf(caller), caller, { isActive: true });
  }

  /** A page of the found prompts. It is streamed while it is read if it is long: each can have a mebibyte. */
  async search(query: CommandSearch, caller: Principal): Promise<Answer<Buffer> | StreamableFile> {
    const page = { limit: pageSize, offset: (query.page - 1) * pageSize };
    const [filter, order] = [toFilter(query, caller), toOrder(query)];
    const { total, ids } = await this.lists.find(await this.ownerOf(caller), caller, filter, order, page);
    const listed = await this.lists.asJson(ids, caller, toOpenListJson);
    const [opening, closing] = ['{"items":', `,"total":${total}}`];
    if (listed) {
      const items = listed.flatMap(({ guarded, json = noBytes }, i) => {
        return [i === 0 ? noBytes : comma, json, accessTo(guarded, caller)];
      });
      return jsonBytes([Buffer.from(`${opening}[`), ...items, Buffer.from(`]${closing}`)]);
    }
    const toItem = (prompt: ListedPrompt) => `${toOpenListJson(prompt)}${accessTo(prompt.guarded, caller).toString()}`;
    return this.send(ids, caller, toItem, [opening, closing]);
  }

  /** @throws NotFound also if the caller may not read the prompt */
  async byId({ id }: CommandId, caller: Principal): Promise<Answer<Buffer>> {
    return toAnswer(await this.live.jsonById(id, actingOwner(caller), caller, toOpenReadJson), caller, NotFound);
  }

  /** @throws NotFound, AccessProhibited */
  async byCommand({ command: name }: CommandName, caller: Principal): Promise<Answer<Buffer>> {
    const path = { owner: actingOwner(caller), name };
    return toAnswer(await this.live.jsonByPath(path, caller, toOpenReadJson), caller, AccessProhibited);
  }

  private async send(
    ids: readonly string[],
    caller: Principal,
    toJson: (prompt: ListedPrompt) => string,
    around?: readonly [string, string],
  ): Promise<StreamableFile> {
    let [rest, maxRows]: [readonly string[], number?] = [ids];
    const next = async (): Promise<readonly ListedPrompt[]> => {
      while (rest.length > 0) {
        const page = await this.lists.page(rest, caller, maxRows);
        [rest, maxRows] = [page.rest, page.nextRows];
        if (page.prompts.length > 0) return page.prompts;
      }
      return [];
    };
    return jsonArray(await next(), next, toJson, around);
  }

  private ownerOf(caller: Principal): Promise<string> {
    return this.owners.idOf(actingOwner(caller));
  }
}

function toOpenReadJson(prompt: LivePrompt): string {
  return toOpenJson(prompt, null);
}

/** The JSON of a prompt up to what its caller may do: the object is still open. */
function toOpenJson(prompt: LivePrompt, user: UserModel | null): string {
  return JSON.stringify({ ...toPromptModel(prompt), user }).slice(0, -1);
}

function toOpenListJson(prompt: ListedPrompt): string {
  const { createdBy: id, authorName: name, authorRole: role, authorEmail: email } = prompt;
  return toOpenJson(prompt, { id, name, role, email });
}

/** The end of the JSON of a prompt. */
function accessTo(guarded: Guarded, caller: Principal): Buffer {
  return isAllowed(caller, 'write', guarded) ? writable : readOnly;
}

function toAnswer(found: ReadPrompt | undefined, caller: Principal, refusal: ErrorFactory): Answer<Buffer> {
  if (found?.json === undefined) throw NotFound();
  if (!isAllowed(caller, 'read', found.guarded)) throw refusal();
  return jsonAnswer(Buffer.concat([found.json, accessTo(found.guarded, caller)]));
}
