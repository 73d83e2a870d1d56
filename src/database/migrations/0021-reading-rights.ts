import { Migration } from '@mikro-orm/migrations';

/**
 * Notifies every listening process, as 0010 does, of everything else that a read of a prompt depends on: the fields that
 * Conductor and Open WebUI show of it, grants, memberships, groups, and what an organization lets its members do.
 */
export class ReadingRights0021 extends Migration {
  override up(): void {
    this.addSql(`create or replace trigger prompt_change after update of
        name, title, visibility, tags, data, meta, is_active, owner_id, created_by, revision_count, created_at, updated_at,
        deleted_at on prompt
      for each row execute function notify_prompt_change()`);
    this.addSql(`create trigger prompt_grant_change after insert or update or delete on prompt_grant
      for each row execute function notify_change_of_part()`);
    this.addSql(`create function notify_change_of_member() returns trigger language plpgsql as $$
      begin
        perform pg_notify('promptyard_change', coalesce(new.user_id, old.user_id)::text);
        return null;
      end $$`);
    for (const table of ['membership', 'group_member']) {
      this.addSql(`create trigger ${table}_change after insert or update or delete on ${table}
        for each row execute function notify_change_of_member()`);
    }
    this.addSql(`create function notify_owner_change() returns trigger language plpgsql as $$
      begin
        perform pg_notify('promptyard_change', new.id::text);
        return null;
      end $$`);
    this.addSql(`create trigger owner_change after update of member_access on owner
      for each row execute function notify_owner_change()`);
  }
}
