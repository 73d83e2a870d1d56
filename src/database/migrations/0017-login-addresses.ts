import { Migration } from '@mikro-orm/migrations';

/**
 * The addresses from which an account logged in successfully, as keyed hashes: failed attempts from other addresses do
 * not lock its user out there. A new password deletes them, with every version of this server.
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
