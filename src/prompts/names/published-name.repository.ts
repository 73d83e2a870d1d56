import { EntityRepository } from '@mikro-orm/postgresql';
import { defer } from '../../database/batch/defer.js';
import type { Prompt } from '../prompt.entity.js';
import { reserveName } from '../prompts.queries.js';
import { PublishedName } from './published-name.entity.js';

/** The names that belong for good to the prompts which were published under them. */
export class PublishedNameRepository extends EntityRepository<PublishedName> {
  /** Whether the name is reserved for a prompt, active or deleted. */
  async isReserved(ownerId: string, name: string): Promise<boolean> {
    return (await this.count({ ownerId, name })) > 0;
  }

  /** Whether the prompt's name is reserved for another one. */
  async isReservedForAnother({ id, ownerId, name }: Prompt): Promise<boolean> {
    return (await this.count({ ownerId, name, promptId: { $ne: id } })) > 0;
  }

  /** Reserves the prompt's name for it; the running transaction holds its lock. */
  async reserve({ id, ownerId, name }: Prompt): Promise<void> {
    await defer(this.em, reserveName, [ownerId, name, id]);
  }
}

PublishedName.setCustomRepository(() => PublishedNameRepository);
