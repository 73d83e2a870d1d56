import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/access/principal.js';
import { isStorableText, isUuid } from '../../common/http/scalars.js';
import { slugOrId } from '../../common/http/slug-or-id.js';
import type { GuardedRow } from '../../prompts/guarded-prompt.queries.js';
import { PromptReadCache, type ReadPrompt } from '../../prompts/prompt-read-cache.js';
import type { PromptPath } from '../../prompts/prompts.dto.js';
import type { LivePrompt } from './live-prompt.js';
import { guardedLivePrompt, guardedLivePromptByPath, livePrompt } from './live-prompts.queries.js';

type ToJson = (prompt: LivePrompt) => string;
type GuardedLivePrompt = GuardedRow & LivePrompt;

/**
 * Reads prompts as they are live. As JSON they are read with what the access policy asks, whether or not the caller may
 * read them; `toJson` is always the same.
 */
@Injectable()
export class LivePromptReader {
  constructor(
    private readonly em: EntityManager,
    private readonly reads: PromptReadCache,
  ) {}

  /** Undefined for one that is deleted, or has no revision. */
  async find(id: string): Promise<LivePrompt | undefined> {
    return (await this.em.execute<LivePrompt[]>(livePrompt, [id]))[0];
  }

  /** One of the owner, which is given by slug or id. */
  async jsonById(id: string, owner: string, caller: Principal, toJson: ToJson): Promise<ReadPrompt | undefined> {
    if (!isUuid(id)) return undefined;
    const values = [id, ...slugOrId(owner)];
    return this.reads.find<GuardedLivePrompt>(
      { statement: guardedLivePrompt, values, toJson: toBytes(toJson) },
      caller,
    );
  }

  async jsonByPath({ owner, name }: PromptPath, caller: Principal, toJson: ToJson): Promise<ReadPrompt | undefined> {
    if (!isStorableText(name)) return undefined;
    const values = [...slugOrId(owner), name];
    return this.reads.find<GuardedLivePrompt>(
      { statement: guardedLivePromptByPath, values, toJson: toBytes(toJson) },
      caller,
    );
  }
}

function toBytes(toJson: ToJson): (prompt: LivePrompt) => Buffer {
  return (prompt) => Buffer.from(toJson(prompt));
}
