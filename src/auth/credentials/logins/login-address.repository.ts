import { EntityRepository } from '@mikro-orm/postgresql';
import { LoginAddress } from './login-address.entity.js';
import { addressLifetimeDays, recordLoginAddress } from './logins.queries.js';

const addressLifetimeMs = addressLifetimeDays * 24 * 60 * 60 * 1000;

/** From where the password of an account was right in the last 90 days: at most 50 addresses each. */
export class LoginAddressRepository extends EntityRepository<LoginAddress> {
  async isKnown(accountId: string, address: Buffer): Promise<boolean> {
    return (await this.count({ accountId, address, usedAt: { $gt: oldest() } })) > 0;
  }

  /** Writes at most once a day. */
  async record(accountId: string, address: Buffer): Promise<void> {
    await this.em.execute(recordLoginAddress, [accountId, address]);
  }

  async deleteOld(): Promise<void> {
    await this.nativeDelete({ usedAt: { $lt: oldest() } });
  }
}

LoginAddress.setCustomRepository(() => LoginAddressRepository);

function oldest(): Date {
  return new Date(Date.now() - addressLifetimeMs);
}
