import { Migration } from '@mikro-orm/migrations';

/**
 * Indexes for each filter of the audit ledger, and triggers that refuse every change of a ledger on any connection.
 */
export class AuditLedger0005 extends Migration {
  override up(): void {
    for (const statement of [...indexes, ...appendOnly]) this.addSql(statement);
  }
}

// Both columns ascend, so that the entries of one value between two ids are a range of the index, as audit.queries.ts
// reads it.
const indexes = [
  `create index audit_entry_prompt_index on audit_entry (prompt_id, id)`,
  `create index audit_entry_actor_index on audit_entry (actor_id, id)`,
  `create index audit_entry_action_index on audit_entry (action, id)`,
  `create index audit_entry_subject_type_index on audit_entry (subject_type, id)`,
  `create index audit_entry_protocol_index on audit_entry (protocol, id)`,
  `create index audit_entry_at_index on audit_entry (at)`,
];

const appendOnly = [
  `create function refuse_change() returns trigger language plpgsql as $$
   begin
     raise exception '% only grows', tg_table_name using errcode = 'restrict_violation';
   end $$`,
  ...['audit_entry', 'label_move'].map(
    (table) => `create trigger ${table}_only_grows before update or delete or truncate on ${table}
                for each statement execute function refuse_change()`,
  ),
];
