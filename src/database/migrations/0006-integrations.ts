import { Migration } from '@mikro-orm/migrations';

/** Providers of models, their models, and who may use a provider that not every user may use. */
export class Integrations0006 extends Migration {
  override up(): void {
    for (const statement of integrations) this.addSql(statement);
  }
}

// `configuration` is encrypted. A grant to neither a user nor a group applies to every user.
const integrations = [
  `create table integration (
     id uuid not null primary key,
     owner_id uuid not null references owner (id),
     name text not null,
     type text not null,
     description text not null,
     enabled boolean not null,
     restricted boolean not null,
     configuration bytea null,
     created_by uuid not null references account (id),
     created_at timestamptz(3) not null,
     updated_by uuid not null references account (id),
     updated_at timestamptz(3) not null,
     constraint integration_name_key unique (owner_id, name)
   )`,
  `create table integration_model (
     integration_id uuid not null references integration (id) on delete cascade,
     name text not null,
     description text not null,
     enabled boolean not null,
     created_by uuid not null references account (id),
     created_at timestamptz(3) not null,
     updated_by uuid not null references account (id),
     updated_at timestamptz(3) not null,
     primary key (integration_id, name)
   )`,
  `create table integration_grant (
     integration_id uuid not null references integration (id) on delete cascade,
     user_id uuid null references account (id),
     group_id uuid null references user_group (id) on delete cascade check (user_id is null or group_id is null),
     constraint integration_grant_key unique nulls not distinct (integration_id, user_id, group_id)
   )`,
  `create index integration_grant_group_index on integration_grant (group_id)`,
];
