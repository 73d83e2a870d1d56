import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { LivePrompt } from './live-prompt.js';
import { livePrompt } from './live-prompts.queries.js';

/** Reads prompts as they are live. */
@Injectable()
export class LivePromptReader {
  constructor(private readonly em: EntityManager) {}

  /** Undefined for one that is deleted, or has no revision. */
  async find(id: string): Promise<LivePrompt | undefined> {
    return (await this.em.execute<LivePrompt[]>(livePrompt, [id]))[0];
  }
}
