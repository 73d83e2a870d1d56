import { Migration } from '@mikro-orm/migrations';

/**
 * Lets a database prove that it is not a copy before one of its servers deletes an object. `token` is what the newest
 * fence in the bucket must bear, `number` where it stands there; `instance` and `written_by` say where and by which
 * transaction the row was written, which no copy of the database can have in common with it. Reservations that were
 * made without the present token are never acted on; `unproven` names those that a reservation has taken over.
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
    // The first server that starts finds that it is not its own, and replaces it.
    this.addSql(`insert into bucket_fence (instance) values ('')`);
    this.addSql(`alter table version_reservation add column fence uuid null,
      add column unproven uuid[] not null default '{}'`);
  }
}
