import { Migration } from '@mikro-orm/migrations';

/**
 * Notifies every listening process of a changed prompt, at the commit of the change. Triggers notify, so that changes
 * by an older version of this server are reported too.
 */
export class ChangeFeed0010 extends Migration {
  override up(): void {
    this.addSql(`create function notify_prompt_change() returns trigger language plpgsql as $$
      begin
        perform pg_notify('promptyard_change', new.id::text);
        return null;
      end $$`);
    this.addSql(`create function notify_change_of_part() returns trigger language plpgsql as $$
      begin
        perform pg_notify('promptyard_change', coalesce(new.prompt_id, old.prompt_id)::text);
        return null;
      end $$`);
    this.addSql(`create trigger prompt_change after update of name, visibility, deleted_at on prompt
      for each row execute function notify_prompt_change()`);
    for (const table of ['revision', 'label', 'release', 'version']) {
      this.addSql(`create trigger ${table}_change after insert or update or delete on ${table}
        for each row execute function notify_change_of_part()`);
    }
  }
}
