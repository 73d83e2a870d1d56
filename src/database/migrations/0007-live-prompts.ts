import { Migration } from '@mikro-orm/migrations';

/** What only Open WebUI stores of a prompt and of a user, and which revisions its history hides. */
export class LivePrompts0007 extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table prompt
     add column data jsonb not null default '{}',
     add column meta jsonb not null default '{}',
     add column is_active boolean not null default true`,
  `alter table account add column name text null`,
  `create table hidden_revision (
     prompt_id uuid not null references prompt (id),
     number int not null,
     hidden_by uuid not null references account (id),
     hidden_at timestamptz(3) not null default now(),
     primary key (prompt_id, number),
     constraint hidden_revision_fkey foreign key (prompt_id, number) references revision (prompt_id, number)
   )`,
];
