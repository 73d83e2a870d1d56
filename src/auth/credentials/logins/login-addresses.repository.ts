import { Inject, Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { addressGroup } from '../../../common/http/client-address.js';
import { AuthConfig } from '../../../config/auth.config.js';
import { Database } from '../../../database/database.js';

const mostPerAccount = 50;
/** As PostgreSQL writes it. */
export const goodFor = `interval '90 days'`;

const isKnown = {
  name: 'login-address-known',
  text: `select 1 from login_address
         where account_id = $1 and address = $2 and used_at > now() - ${goodFor}`,
};
const record = {
  name: 'login-address-record',
  text: `with recorded as (
           insert into login_address as a (account_id, address) values ($1, $2)
           on conflict (account_id, address) do update set used_at = now() where a.used_at < now() - interval '1 day'
           returning account_id
         )
         delete from login_address where account_id in (select account_id from recorded) and address in (
           select address from login_address where account_id = $1 and address <> $2
           order by used_at desc offset ${mostPerAccount - 1}
         )`,
};
const forget = {
  name: 'login-address-forget',
  text: `delete from login_address where used_at < now() - ${goodFor}`,
};

/** From where the password of an account was right in the last 90 days: at most 50 addresses each, as keyed hashes. */
@Injectable()
export class LoginAddressesRepository {
  constructor(
    private readonly database: Database,
    @Inject(AuthConfig.KEY) private readonly config: AuthConfig,
  ) {}

  async isKnown(accountId: string, address: string): Promise<boolean> {
    return (await this.database.query(isKnown, [accountId, this.hashOf(address)])).length > 0;
  }

  /** Writes at most once a day. */
  async record(accountId: string, address: string): Promise<void> {
    await this.database.query(record, [accountId, this.hashOf(address)]);
  }

  async forgetOld(): Promise<void> {
    await this.database.query(forget);
  }

  /** Stands for the address, and for those that the same client can take. */
  hashOf(address: string): Buffer {
    const text = `login address ${addressGroup(address)}`;
    return createHmac('sha256', this.config.jwtSecret).update(text).digest().subarray(0, 16);
  }
}
