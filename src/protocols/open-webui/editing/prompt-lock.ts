import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { type Action, isAllowed } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import type { GrantInput } from '../../../prompts/grants/grant.js';
import { changesTo, type PromptChange } from '../../../prompts/changes/prompt-change.js';
import { PromptChangesService } from '../../../prompts/changes/prompt-changes.service.js';
import type { PromptHistory } from '../../../history/state/prompt-history-reader.js';
import { PromptHistoryReader } from '../../../history/state/prompt-history-reader.js';
import type { Prompt } from '../../../prompts/prompt.entity.js';
import { MayNotShare } from '../open-webui.errors.js';
import { assertAllowed, CommandAccessService } from '../command-access.service.js';
import type { GrantInputs } from './editing.dto.js';
import { GrantResolver } from './grant-resolver.js';

/** A prompt whose row is locked in the running transaction, for a caller who may write it. */
export interface LockedPrompt {
  readonly prompt: Prompt;
  readonly ownerSlug: string;
  /** As it was when the prompt was locked. */
  readonly history: PromptHistory;
  /** Whether the caller may read it, too: a grant for writing alone does not include that. */
  readonly isReadable: boolean;
  /** Updates the prompt; does nothing if nothing changes. */
  readonly change: (change: PromptChange) => Promise<void>;
  /** What can be granted of what was requested; undefined if nothing was. */
  readonly requested: readonly GrantInput[] | undefined;
  /** @throws MayNotShare */
  readonly assertShareable: () => void;
}

export interface LockOptions {
  /** Grants that are requested. */
  readonly grants?: GrantInputs | undefined;
  /** What the caller must be allowed to do. */
  readonly actions?: readonly Action[];
}

/** Lets one transaction at a time change a prompt. */
@Injectable()
export class PromptLock {
  constructor(
    private readonly em: EntityManager,
    private readonly access: CommandAccessService,
    private readonly grantResolver: GrantResolver,
    private readonly histories: PromptHistoryReader,
    private readonly changes: PromptChangesService,
  ) {}

  /** Works in one transaction. @throws NotFound, AccessProhibited, PromptNotFound and what the work throws */
  async withLock<Result>(
    id: string,
    caller: Principal,
    work: (locked: LockedPrompt) => Promise<Result>,
    { grants, actions = ['write'] }: LockOptions = {},
  ): Promise<Result> {
    return this.em.transactional(async () => {
      const requested = grants && (await this.grantResolver.resolve(grants));
      const { prompt, ownerSlug } = await this.access.lock(id, caller, actions);
      const history = await this.histories.ofLive(id, caller.userId);
      const { guarded } = history;
      // Checked again, because the permission may have been revoked while this waited for the lock.
      assertAllowed(guarded, caller, actions);
      return work({
        prompt,
        ownerSlug,
        history,
        isReadable: isAllowed(caller, 'read', guarded),
        change: async (change) => {
          if (changesTo(prompt, change)) await this.changes.change(prompt, ownerSlug, change, caller);
        },
        requested,
        assertShareable: () => {
          if (!isAllowed(caller, 'share', guarded)) throw MayNotShare();
        },
      });
    });
  }
}
