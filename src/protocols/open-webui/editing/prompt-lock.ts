import { EntityManager } from '@mikro-orm/postgresql';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { type Action, isAllowed } from '../../../auth/access/access-policy.js';
import type { Principal } from '../../../auth/access/principal.js';
import type { GrantInput } from '../../../prompts/grants/grant.js';
import { LivePromptReader } from '../../../history/live/live-prompt-reader.js';
import { changesTo, type PromptChange } from '../../../prompts/changes/prompt-change.js';
import { Prompt } from '../../../prompts/prompt.entity.js';
import { PromptRepository } from '../../../prompts/prompt.repository.js';
import { PromptChangesService } from '../../../prompts/changes/prompt-changes.service.js';
import { PromptDeletionsService } from '../../../prompts/changes/prompt-deletions.service.js';
import { MayNotShare, NotFound } from '../open-webui.errors.js';
import { CommandAccessService } from '../command-access.service.js';
import { type PromptModel, toPromptModel } from '../prompt-model.js';
import type { GrantInputs } from './editing.dto.js';
import { GrantResolver } from './grant-resolver.js';

/** A prompt whose row the running transaction has locked, for a caller who may write it. */
export interface LockedPrompt {
  readonly prompt: Prompt;
  /** Updates the prompt; does nothing if nothing changes. */
  readonly change: (change: PromptChange) => Promise<void>;
  /** The resolved grants of the request; undefined if the request has none. */
  readonly requested: readonly GrantInput[] | undefined;
  /** @throws MayNotShare */
  readonly assertShareable: () => void;
  /** @throws PromptPublished, LabelProtected */
  readonly delete: () => Promise<void>;
}

type Work = (locked: LockedPrompt) => Promise<void>;

export interface LockOptions {
  /** The requested grants. */
  readonly grants?: GrantInputs | undefined;
  /** What the caller must be allowed to do. */
  readonly actions?: readonly Action[];
  /**
   * Redacts the answer for a caller who may write the prompt but not read it. Left out where such a caller is refused.
   */
  readonly redact?: (live: PromptModel) => PromptModel;
}

/** Locks a prompt for one change at a time. */
@Injectable()
export class PromptLock {
  constructor(
    private readonly em: EntityManager,
    private readonly access: CommandAccessService,
    private readonly grantResolver: GrantResolver,
    @InjectRepository(Prompt) private readonly promptsRepository: PromptRepository,
    private readonly changes: PromptChangesService,
    private readonly deletions: PromptDeletionsService,
    private readonly live: LivePromptReader,
  ) {}

  /** The prompt as it is after the work. @throws as hold() does */
  async change(id: string, caller: Principal, work: Work, options: LockOptions = {}): Promise<PromptModel> {
    const isReadable = await this.withLock(id, caller, work, options);
    const live = await this.read(id);
    return isReadable || !options.redact ? live : options.redact(live);
  }

  /**
   * Runs the work in one transaction. Returns whether the caller may also read the prompt, which a grant for writing
   * alone does not allow.
   * @throws NotFound, AccessProhibited, PromptNotFound and what the work throws
   */
  async withLock(
    id: string,
    caller: Principal,
    work: Work,
    { grants, actions = ['write'] }: LockOptions = {},
  ): Promise<boolean> {
    await this.access.byId(id, caller, actions);
    return this.em.transactional(async () => {
      const requested = grants && (await this.grantResolver.resolve(grants));
      const prompt = await this.promptsRepository.lockActive(id);
      // Checked again, because the permission may have been revoked while this waited for the lock.
      const { guarded, ownerSlug: owner } = await this.access.byId(id, caller, actions);
      await work({
        prompt,
        change: async (change) => {
          if (changesTo(prompt, change)) await this.changes.change(prompt, owner, change, caller);
        },
        requested,
        assertShareable: () => {
          if (!isAllowed(caller, 'share', guarded)) throw MayNotShare();
        },
        delete: () => this.deletions.deleteUnpublished(prompt, owner, caller),
      });
      return isAllowed(caller, 'read', guarded);
    });
  }

  /** @throws NotFound */
  async read(id: string): Promise<PromptModel> {
    const live = await this.live.find(id);
    if (!live) throw NotFound();
    return toPromptModel(live);
  }
}
