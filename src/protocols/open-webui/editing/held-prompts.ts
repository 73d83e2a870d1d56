import { Injectable } from '@nestjs/common';
import { may } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import { Database } from '../../../database/database.js';
import type { WantedGrant } from '../../../prompts/grants/grant.js';
import { LivePromptsRepository } from '../../../prompts/live/live-prompts.repository.js';
import { changesTo, type PromptChange } from '../../../prompts/prompt-change.js';
import type { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptsRepository } from '../../../prompts/prompts.repository.js';
import { PromptsService } from '../../../prompts/prompts.service.js';
import { MayNotShare, NotFound } from '../open-webui.errors.js';
import { OpenWebUiAccess } from '../prompt-access.js';
import { type PromptModel, toPromptModel } from '../prompt-model.js';
import type { GrantWishes } from './editing.dto.js';
import { WishedGrants } from './wished-grants.js';

/** A prompt whose row the running transaction holds, for somebody who may write it. */
export interface HeldPrompt {
  readonly prompt: Prompt;
  /** Makes these differences in its row; nothing at all where there are none. */
  readonly change: (change: PromptChange) => Promise<void>;
  /** What can be granted of what was wished; undefined without a wish. */
  readonly wanted: readonly WantedGrant[] | undefined;
  /** @throws MayNotShare */
  readonly assertShareable: () => void;
  /** @throws PromptPublished */
  readonly delete: () => Promise<void>;
}

type Work = (held: HeldPrompt) => Promise<void>;

/** Lets one change at a time have a prompt. */
@Injectable()
export class HeldPrompts {
  constructor(
    private readonly database: Database,
    private readonly access: OpenWebUiAccess,
    private readonly grants: WishedGrants,
    private readonly rows: PromptsRepository,
    private readonly prompts: PromptsService,
    private readonly live: LivePromptsRepository,
  ) {}

  /** The prompt as it is after the work. @throws as hold() does */
  async change(id: string, me: Principal, work: Work, wishes?: GrantWishes): Promise<PromptModel> {
    await this.hold(id, me, work, wishes);
    return this.shown(id);
  }

  /** Works in one transaction. @throws NotFound, AccessProhibited, PromptNotFound and what the work throws */
  async hold(id: string, me: Principal, work: Work, wishes?: GrantWishes): Promise<void> {
    await this.access.byId(id, me, 'write');
    await this.database.transaction(async () => {
      const wanted = wishes && (await this.grants.find(wishes));
      const prompt = await this.rows.lockLiving(id);
      // Asked again: what allowed it may have been taken away until the row was free.
      const { guarded, owner_username: owner } = await this.access.byId(id, me, 'write');
      await work({
        prompt,
        change: async (change) => {
          if (changesTo(prompt, change)) await this.prompts.change(prompt, owner, change, me);
        },
        wanted,
        assertShareable: () => {
          if (!may(me, 'share', guarded)) throw MayNotShare();
        },
        delete: () => this.prompts.deleteUnpublished(prompt, owner, me),
      });
    });
  }

  /** @throws NotFound */
  async shown(id: string): Promise<PromptModel> {
    const live = await this.live.find(id);
    if (!live) throw NotFound();
    return toPromptModel(live);
  }
}
