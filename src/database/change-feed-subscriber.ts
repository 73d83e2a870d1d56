import {
  ChangeSetType,
  type EntityName,
  type EventSubscriber,
  type FlushEventArgs,
  type TransactionEventArgs,
  type UnitOfWork,
} from '@mikro-orm/core';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { ChangeFeed } from './change-feed.js';

interface Followed {
  keysOfLoaded(args: TransactionEventArgs): readonly string[];
  keysOfDeleted(args: FlushEventArgs): readonly string[];
}

/**
 * Notes the entities that a committed transaction has changed in the change feed of this process, before the caller
 * gets the result. Other processes are notified by PostgreSQL, and so is this one if the answer to its COMMIT is lost.
 */
@Injectable()
export class ChangeFeedSubscriber implements EventSubscriber {
  private readonly followed: Followed[] = [];
  /** Keys of entities that running transactions have deleted, which are no longer loaded when they commit. */
  private readonly deleted = new WeakMap<UnitOfWork, string[]>();

  constructor(
    em: EntityManager,
    private readonly feed: ChangeFeed,
  ) {
    em.getEventManager().registerSubscriber(this);
  }

  /** Has every entity of the kind that a transaction loads count as changed; `keyOf` gives the key in the feed. */
  follow<Entity extends object>(kind: EntityName<Entity>, keyOf: (entity: Entity) => string): void {
    this.followed.push({
      keysOfLoaded: ({ em }) => {
        const loaded = em.getUnitOfWork().getIdentityMap().getStore<Entity>(em.getMetadata(kind).root);
        return [...loaded.values()].map(keyOf);
      },
      keysOfDeleted: ({ em, uow }) => {
        const { class: entityClass } = em.getMetadata(kind).root;
        return uow
          .getChangeSets()
          .filter(({ type, rootMeta }) => type === ChangeSetType.DELETE && rootMeta.class === entityClass)
          .map(({ entity }) => keyOf(entity as Entity));
      },
    });
  }

  afterFlush(args: FlushEventArgs): Promise<void> {
    const keys = this.followed.flatMap((each) => each.keysOfDeleted(args));
    if (keys.length > 0) this.deleted.set(args.uow, [...(this.deleted.get(args.uow) ?? []), ...keys]);
    return Promise.resolve();
  }

  afterTransactionCommit(args: TransactionEventArgs): Promise<void> {
    const loaded = this.followed.flatMap((each) => each.keysOfLoaded(args));
    const deleted = this.deleted.get(args.em.getUnitOfWork()) ?? [];
    for (const key of [...loaded, ...deleted]) this.feed.note(key);
    return Promise.resolve();
  }
}
