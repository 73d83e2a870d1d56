import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { type Action, may } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import { Database } from '../../../database/database.js';
import type { WantedGrant } from '../../../prompts/grants/grant.js';
import { LivePromptsRepository } from '../../../history/live/live-prompts.repository.js';
import { changesTo, type PromptChange } from '../../../prompts/prompt-change.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { PromptChangesService } from '../../../prompts/prompt-changes.service.js';
import { PromptDeletionsService } from '../../../prompts/prompt-deletions.service.js';
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
  /** @throws PromptPublished, LabelProtected */
  readonly delete: () => Promise<void>;
}

type Work = (held: HeldPrompt) => Promise<void>;

export interface Holding {
  /** Grants that are wished for. */
  readonly wishes?: GrantWishes | undefined;
  /** What the caller must be allowed to do. */
  readonly actions?: readonly Action[];
  /** What is answered to who may write the prompt but not read it; the prompt, where that cannot be. */
  readonly toBlind?: (live: PromptModel) => PromptModel;
}

/** Lets one change at a time have a prompt. */
@Injectable()
export class HeldPrompts {
  constructor(
    private readonly database: Database,
    private readonly access: OpenWebUiAccess,
    private readonly grants: WishedGrants,
    @InjectRepository(Prompt) private readonly rows: PromptRepository,
    private readonly changes: PromptChangesService,
    private readonly deletions: PromptDeletionsService,
    private readonly live: LivePromptsRepository,
  ) {}

  /** The prompt as it is after the work. @throws as hold() does */
  async change(id: string, me: Principal, work: Work, holding: Holding = {}): Promise<PromptModel> {
    const isReadable = await this.hold(id, me, work, holding);
    const live = await this.shown(id);
    return isReadable || !holding.toBlind ? live : holding.toBlind(live);
  }

  /**
   * Works in one transaction; gives whether the caller may read the prompt, too: a grant for writing alone does not.
   * @throws NotFound, AccessProhibited, PromptNotFound and what the work throws
   */
  async hold(id: string, me: Principal, work: Work, { wishes, actions = ['write'] }: Holding = {}): Promise<boolean> {
    await this.access.byId(id, me, actions);
    return this.database.transaction(async () => {
      const wanted = wishes && (await this.grants.find(wishes));
      const prompt = await this.rows.lockActive(id);
      // Asked again: what allowed it may have been taken away until the row was free.
      const { guarded, ownerSlug: owner } = await this.access.byId(id, me, actions);
      await work({
        prompt,
        change: async (change) => {
          if (changesTo(prompt, change)) await this.changes.change(prompt, owner, change, me);
        },
        wanted,
        assertShareable: () => {
          if (!may(me, 'share', guarded)) throw MayNotShare();
        },
        delete: () => this.deletions.deleteUnpublished(prompt, owner, me),
      });
      return may(me, 'read', guarded);
    });
  }

  /** @throws NotFound */
  async shown(id: string): Promise<PromptModel> {
    const live = await this.live.find(id);
    if (!live) throw NotFound();
    return toPromptModel(live);
  }
}
