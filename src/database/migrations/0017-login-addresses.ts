import { Migration } from '@mikro-orm/migrations';

/**
 * From which addresses an account's password was right, as keyed hashes: what others do elsewhere does not keep its user
 * out there. A new password forgets them, whichever version of this server sets it.
 */
export class LoginAddresses0017 extends Migration {
  override up(): void {
    this.addSql(`create table login_address (
      account_id uuid not null references account (id) on delete cascade,
      address bytea not null,
      used_at timestamptz(3) not null default now(),
      primary key (account_id, address)
    )`);
    this.addSql(`create index login_address_used_index on login_address (used_at)`);
    this.addSql(`create function forget_login_addresses() returns trigger language plpgsql as $$
      begin
        delete from login_address where account_id = new.id;
        return null;
      end $$`);
    this.addSql(`create trigger account_login_addresses after update of password_version on account
      for each row when (old.password_version <> new.password_version) execute function forget_login_addresses()`);
  }
}
