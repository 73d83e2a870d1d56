import { type EventSubscriber, type TransactionOptions, TransactionPropagation } from '@mikro-orm/core';
import { EntityManager } from '@mikro-orm/postgresql';
import type { DeferredStatement } from './batch/deferred-statement.js';
import { entityWrites, isNumberedByDatabase } from './batch/entity-writes.js';
import { PooledOrmConnection } from './connections/postgres-connection.js';
import { isConnectionLost, toDomainError, wasNotSent } from './database-errors.js';

/**
 * The entity manager of this product. Its transactions join one that runs already, and run once more when their
 * connection was lost before COMMIT was sent: then PostgreSQL has undone everything. So a use case must leave nothing
 * behind outside of its transaction that a second run would trip over. Every error is one of the catalogue where one is
 * declared for it.
 */
export class RetryingEntityManager extends EntityManager {
  /**
   * Outside of a transaction each operation works in an entity manager of its own, so that no read sees entities that
   * another request has loaded. What such an operation would write could never be flushed, so it is refused.
   */
  override getContext(validate = true): this {
    const em = super.getContext(false);
    return validate && isGlobal(em) ? em.fork() : em;
  }

  override async transactional<T>(work: (em: this) => T | Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.isInTransaction()) {
      return super.transactional(work, { propagation: TransactionPropagation.REQUIRED, ...options });
    }
    try {
      return await this.attempt(work, options);
    } catch (error) {
      if (!(error instanceof LostTransaction)) throw toDomainError(error);
    }
    try {
      return await this.attempt(work, options);
    } catch (error) {
      throw toDomainError(error instanceof LostTransaction ? error.cause : error);
    }
  }

  override persist(entity: object | Iterable<object>): this {
    this.assertIsInTransaction();
    return super.persist(entity);
  }

  override remove(entity: object | Iterable<object>): this {
    this.assertIsInTransaction();
    return super.remove(entity);
  }

  /** Sends what was changed of entities, and what was deferred, in one statement where that is possible. */
  override async flush(): Promise<void> {
    this.assertIsInTransaction();
    if (!(await this.deferChanges())) await super.flush();
    await this.pooled.sendDeferred(this.getTransactionContext());
  }

  /**
   * Sends a statement that returns nothing together with the next one of the running transaction, at the latest with its
   * end. Where it fails, that one fails.
   */
  async defer(statement: DeferredStatement, values: readonly unknown[]): Promise<void> {
    this.assertIsInTransaction();
    await this.pooled.defer(this.getTransactionContext(), statement, values);
  }

  /** False if the ORM itself has to write the changes. */
  private async deferChanges(): Promise<boolean> {
    const unitOfWork = this.getUnitOfWork();
    unitOfWork.computeChangeSets();
    const changes = unitOfWork.getChangeSets();
    const writes = entityWrites(changes);
    if (!writes) return false;
    for (const { statement, values } of writes) await this.defer(statement, values);
    unitOfWork.getPersistStack().clear();
    unitOfWork.clearActionsQueue();
    for (const change of changes) {
      if (isNumberedByDatabase(change)) continue;
      unitOfWork.register(change.entity, this.getComparator().prepareEntity(change.entity), { refresh: true });
    }
    return true;
  }

  private get pooled(): PooledOrmConnection {
    const connection = this.getConnection('write');
    if (connection instanceof PooledOrmConnection) return connection;
    throw new Error('the ORM has another driver');
  }

  private async attempt<T>(work: (em: this) => T | Promise<T>, options: TransactionOptions): Promise<T> {
    const commit = { isSent: false };
    const commitWatch: EventSubscriber = {
      beforeTransactionCommit: () => {
        commit.isSent = true;
        return Promise.resolve();
      },
    };
    try {
      return await super.transactional(
        (em) => {
          em.getEventManager().registerSubscriber(commitWatch);
          return work(em);
        },
        { ...options, clear: true },
      );
    } catch (error) {
      const isLost = isConnectionLost(error) && (!commit.isSent || wasNotSent(error));
      throw isLost ? new LostTransaction(error) : error;
    }
  }

  private assertIsInTransaction(): void {
    if (!this.isInTransaction()) throw new Error('entities are written in a transaction: use em.transactional');
  }
}

/** Forks are not global; the ORM's type says that all are. */
function isGlobal({ global }: { readonly global: boolean }): boolean {
  return global;
}

/** Nothing of the transaction has happened, and nothing of it will. */
class LostTransaction extends Error {
  override readonly name = 'LostTransaction';

  constructor(override readonly cause: unknown) {
    super('the connection was lost before the transaction was committed');
  }
}
