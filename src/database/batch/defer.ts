import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { RetryingEntityManager } from '../retrying-entity-manager.js';
import type { DeferredStatement } from './deferred-statement.js';

/** `RetryingEntityManager.defer`, for repositories, which know the entity manager as that of the ORM. */
export async function defer(
  em: SqlEntityManager,
  statement: DeferredStatement,
  values: readonly unknown[],
): Promise<void> {
  if (!(em instanceof RetryingEntityManager)) throw new Error('the ORM has another entity manager');
  await em.defer(statement, values);
}
