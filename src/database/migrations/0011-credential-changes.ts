import { Migration } from '@mikro-orm/migrations';

/** Notifies every listening process of a changed account or API key, as 0010 does for prompts. */
export class CredentialChanges0011 extends Migration {
  override up(): void {
    this.addSql(`create function notify_account_change() returns trigger language plpgsql as $$
      begin
        perform pg_notify('promptyard_change', old.id::text);
        return null;
      end $$`);
    this.addSql(`create function notify_api_key_change() returns trigger language plpgsql as $$
      begin
        perform pg_notify('promptyard_change', old.user_id::text);
        return null;
      end $$`);
    this.addSql(`create trigger account_change after update or delete on account
      for each row execute function notify_account_change()`);
    this.addSql(`create trigger api_key_change after update or delete on api_key
      for each row execute function notify_api_key_change()`);
  }
}
