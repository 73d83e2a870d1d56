import type { EntityName, EventSubscriber, TransactionEventArgs } from '@mikro-orm/core';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { ChangeFeed } from './change-feed.js';

type Follow = (args: TransactionEventArgs) => Iterable<string>;

/**
 * Notes the entities that a committed transaction has changed in the change feed of this process, before the caller
 * gets the result. Other processes are notified by PostgreSQL, and so is this one if the answer to its COMMIT is lost.
 */
@Injectable()
export class ChangeFeedSubscriber implements EventSubscriber {
  private readonly followed: Follow[] = [];

  constructor(
    em: EntityManager,
    private readonly feed: ChangeFeed,
  ) {
    em.getEventManager().registerSubscriber(this);
  }

  /** Has every entity of the kind that a transaction loads count as changed; `keyOf` gives the key in the feed. */
  follow<Entity extends object>(entity: EntityName<Entity>, keyOf: (entity: Entity) => string): void {
    this.followed.push(({ em }) => {
      const loaded = em.getUnitOfWork().getIdentityMap().getStore<Entity>(em.getMetadata(entity).root);
      return [...loaded.values()].map(keyOf);
    });
  }

  afterTransactionCommit(args: TransactionEventArgs): Promise<void> {
    for (const keysOf of this.followed) {
      for (const key of keysOf(args)) this.feed.note(key);
    }
    return Promise.resolve();
  }
}
