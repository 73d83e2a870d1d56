import { Migration } from '@mikro-orm/migrations';

/**
 * Keys record the key that they were made with, and when they were last used. Using a key does not change its rights,
 * so only changes of the other columns are notified to the processes that cache its rights.
 */
export class KeyLineage0015 extends Migration {
  override up(): void {
    this.addSql(`alter table api_key
      add column parent_id uuid null references api_key (id),
      add column last_used_at timestamptz(0) null`);
    this.addSql(`create index api_key_parent_index on api_key (parent_id) where parent_id is not null`);
    this.addSql(`drop trigger api_key_change on api_key`);
    this.addSql(`create trigger api_key_change
      after update of user_id, hash, scopes, owner_id, prompt_id, expires_at, revoked_at, parent_id or delete on api_key
      for each row execute function notify_api_key_change()`);
  }
}
