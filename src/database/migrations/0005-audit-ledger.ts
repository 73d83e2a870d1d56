import { Migration } from '@mikro-orm/migrations';

/** The audit ledger read by topic, protocol and time; and ledgers that nothing changes, whoever holds the connection. */
export class AuditLedger0005 extends Migration {
  override up(): void {
    for (const statement of [...indexes, ...appendOnly]) this.addSql(statement);
  }
}

const indexes = [
  `create index audit_entry_subject_type_index on audit_entry (subject_type, id desc)`,
  `create index audit_entry_protocol_index on audit_entry (protocol, id desc)`,
  `create index audit_entry_at_index on audit_entry (at)`,
];

// To check a reference PostgreSQL locks what it leads to: two admins who change each other would wait for one another.
// Users are never deleted, so there is nothing for that check to find.
const appendOnly = [
  `alter table audit_entry drop constraint audit_entry_actor_id_fkey`,
  `create function refuse_change() returns trigger language plpgsql as $$
   begin
     raise exception '% only grows', tg_table_name using errcode = 'restrict_violation';
   end $$`,
  ...['audit_entry', 'label_move'].map(
    (table) => `create trigger ${table}_only_grows before update or delete or truncate on ${table}
                for each statement execute function refuse_change()`,
  ),
];
