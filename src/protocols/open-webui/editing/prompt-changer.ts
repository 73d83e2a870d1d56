import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/access/principal.js';
import { LivePromptReader } from '../../../history/live/live-prompt-reader.js';
import { NotFound } from '../open-webui.errors.js';
import { type PromptModel, toPromptModel } from '../prompt-model.js';
import { type LockedPrompt, type LockOptions, PromptLock } from './prompt-lock.js';

export type PromptWork = (locked: LockedPrompt) => Promise<void>;

export interface ChangeOptions extends LockOptions {
  /** What is answered to a caller who may write the prompt but not read it; the prompt, where that cannot be. */
  readonly redact?: (live: PromptModel) => PromptModel;
}

/** Changes prompts and answers with what is live then. */
@Injectable()
export class PromptChanger {
  constructor(
    private readonly lock: PromptLock,
    private readonly live: LivePromptReader,
  ) {}

  /** The prompt as it is after the work. @throws as PromptLock.withLock() does */
  async change(id: string, caller: Principal, work: PromptWork, options: ChangeOptions = {}): Promise<PromptModel> {
    const isReadable = await this.lock.withLock(
      id,
      caller,
      (locked) => work(locked).then(() => locked.isReadable),
      options,
    );
    const live = await this.read(id);
    return isReadable || !options.redact ? live : options.redact(live);
  }

  /** @throws NotFound */
  async read(id: string): Promise<PromptModel> {
    const live = await this.live.find(id);
    if (!live) throw NotFound();
    return toPromptModel(live);
  }
}
