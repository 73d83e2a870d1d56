import { Migration } from '@mikro-orm/migrations';

/**
 * Lets a database prove that it is not a copy before one of its servers deletes an object. `token` is what the newest
 * fence in the bucket must contain, `number` is its position there. `instance` and `written_by` say where and by which
 * transaction the row was written; a copy of the database differs in at least one of them. Servers never act on
 * reservations that were made without the current token; `unproven` names those that a reservation has taken over.
 */
export class BucketFence0012 extends Migration {
  override up(): void {
    this.addSql(`create table bucket_fence (
      id boolean not null primary key default true check (id),
      token uuid not null default gen_random_uuid(),
      number bigint null,
      instance text not null,
      written_by xid8 not null default pg_current_xact_id()
    )`);
    // The first server that starts detects that this fence belongs to another database, and replaces it.
    this.addSql(`insert into bucket_fence (instance) values ('')`);
    this.addSql(`alter table version_reservation add column fence uuid null,
      add column unproven uuid[] not null default '{}'`);
  }
}
