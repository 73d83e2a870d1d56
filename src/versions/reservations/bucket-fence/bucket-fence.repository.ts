import { EntityRepository } from '@mikro-orm/postgresql';
import { BucketFence } from './bucket-fence.entity.js';
import {
  deleteRestoredReservations,
  findFence,
  lockFence,
  recordFence,
  renewFence,
  replaceFence,
} from './bucket-fence.queries.js';

/** The fence that proves which database owns the bucket. */
export type Fence = Pick<BucketFence, 'token'> & { readonly number: number | null };

/** The fence of this database, as long as it is the database that the fence was written for. */
export class BucketFenceRepository extends EntityRepository<BucketFence> {
  /** The fence of this database. A copy of the database gets a new one, which invalidates its copied reservations. */
  async current(): Promise<Fence> {
    const [fence] = await this.em.execute<Fence[]>(findFence);
    return fence ?? this.em.transactional(() => this.renew());
  }

  /** Replaces the fence, unless another process of this database has done so. */
  async replace({ token }: Fence): Promise<Fence> {
    await this.em.execute(replaceFence, [token]);
    return this.current();
  }

  /** Records the number of the fence in the bucket. */
  async record({ token }: Fence, number: number): Promise<void> {
    await this.em.execute(recordFence, [token, number]);
  }

  private async renew(): Promise<Fence> {
    const [found] = await this.em.execute<{ isOriginal: boolean; isRestored: boolean }[]>(lockFence);
    const [fence] = await this.em.execute<Fence[]>(found?.isOriginal ? findFence : renewFence);
    if (!fence) throw new Error('the table bucket_fence has lost its row');
    if (found?.isRestored) await this.em.execute(deleteRestoredReservations, [fence.token]);
    return fence;
  }
}

BucketFence.setCustomRepository(() => BucketFenceRepository);
