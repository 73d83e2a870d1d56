import { EntityRepository } from '@mikro-orm/postgresql';
import { ApiKey } from './api-key.entity.js';
import { lockKeysOfUser, recordKeyUses, revokeKeyFamily } from '../credentials.queries.js';

/** A use of a key. */
export interface KeyUse {
  readonly keyId: string;
  readonly at: Date;
}

/** API keys, without their secrets. */
export class ApiKeyRepository extends EntityRepository<ApiKey> {
  /** Until the running transaction ends, no other one makes or revokes keys of the user. */
  async lockUser(userId: string): Promise<void> {
    await this.em.execute(lockKeysOfUser, [userId]);
  }

  /** The key, unless it is revoked or has expired. */
  findValid(id: string): Promise<ApiKey | null> {
    return this.findOne({ id, revokedAt: null, $or: [{ expiresAt: null }, { expiresAt: { $gt: new Date() } }] });
  }

  /** Revokes a key and all its descendants: the keys that were created with it, directly or indirectly. */
  revokeFamily(id: string): Promise<Pick<ApiKey, 'id' | 'name'>[]> {
    return this.em.execute<Pick<ApiKey, 'id' | 'name'>[]>(revokeKeyFamily, [id]);
  }

  /** Writes only uses that are later than the last one that is known. */
  async recordUses(uses: readonly KeyUse[]): Promise<void> {
    await this.em.execute(recordKeyUses, [uses.map(({ keyId }) => keyId), uses.map(({ at }) => at)]);
  }
}

ApiKey.setCustomRepository(() => ApiKeyRepository);
