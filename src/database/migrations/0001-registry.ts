import { Migration } from '@mikro-orm/migrations';

/** Users and owners, API keys, prompts, versions with their reservations, downloads with their roll-ups. */
export class Registry0001 extends Migration {
  override up(): void {
    this.addSql('create extension if not exists pg_trgm');
    for (const statement of [...people, ...prompts, ...versions, ...downloads, ...settings]) this.addSql(statement);
  }
}

const people = [
  `create table owner (
     id uuid not null primary key,
     kind text not null check (kind in ('user', 'organization')),
     slug text not null check (slug = lower(slug)),
     member_access text not null default 'read' check (member_access in ('none', 'read', 'write')),
     created_at timestamptz(3) not null default now(),
     constraint owner_slug_key unique (slug)
   )`,
  `create table account (
     id uuid not null primary key,
     email text not null,
     password_hash text not null,
     password_version int not null default 1,
     role text not null check (role in ('admin', 'user', 'pending')),
     created_at timestamptz(3) not null default now(),
     constraint account_owner_fkey foreign key (id) references owner (id)
   )`,
  `create unique index account_email_key on account (lower(email))`,
  `create index account_created_at_index on account (created_at, id)`,
  `create table membership (
     organization_id uuid not null references owner (id),
     user_id uuid not null references account (id),
     role text not null check (role in ('owner', 'member')),
     primary key (organization_id, user_id)
   )`,
  `create index membership_user_index on membership (user_id)`,
  `create table api_key (
     id uuid not null primary key,
     user_id uuid not null references account (id),
     name text not null,
     hash bytea not null,
     scopes text[] not null,
     owner_id uuid null references owner (id),
     prompt_id uuid null,
     expires_at timestamptz(3) null,
     revoked_at timestamptz(3) null,
     created_at timestamptz(3) not null default now(),
     constraint api_key_hash_key unique (hash)
   )`,
  `create index api_key_user_index on api_key (user_id, created_at)`,
  `create table login_failure (
     subject text not null primary key,
     window_start timestamptz(3) not null,
     failures int not null
   )`,
];

const prompts = [
  `create table prompt (
     id uuid not null primary key,
     owner_id uuid not null references owner (id),
     name text not null,
     title text null,
     description text not null,
     visibility text not null check (visibility in ('public', 'private')),
     tags text[] not null default '{}',
     enforce_variable_contract boolean not null default false,
     latest_version text null,
     download_count bigint not null default 0,
     created_by uuid not null references account (id),
     created_at timestamptz(3) not null default now(),
     updated_at timestamptz(3) not null default now(),
     deleted_at timestamptz(3) null
   )`,
  `create unique index prompt_owner_name_key on prompt (owner_id, name) where deleted_at is null`,
  `alter table api_key add constraint api_key_prompt_fkey foreign key (prompt_id) references prompt (id)`,
  `create table published_name (
     owner_id uuid not null references owner (id),
     name text not null,
     prompt_id uuid not null references prompt (id),
     primary key (owner_id, name)
   )`,
];

const versions = [
  `create table version (
     id uuid not null primary key,
     prompt_id uuid not null references prompt (id),
     version text not null,
     major int not null,
     minor int not null,
     patch int not null,
     object_key text not null,
     sha256 text not null,
     size int not null,
     manifest jsonb not null,
     readme text null,
     files jsonb not null,
     created_by uuid not null references account (id),
     created_at timestamptz(3) not null default now(),
     sequence bigint generated always as identity,
     constraint version_prompt_version_key unique (prompt_id, version),
     constraint version_object_key_key unique (object_key)
   )`,
  `create index version_newest_index on version (prompt_id, created_at desc, sequence desc)`,
  `create table version_reservation (
     id uuid not null primary key,
     prompt_id uuid not null,
     version text not null,
     object_key text not null,
     holder bigint not null,
     predecessors uuid[] not null default '{}',
     created_at timestamptz(3) not null default now(),
     constraint version_reservation_version_key unique (prompt_id, version),
     constraint version_reservation_object_key unique (object_key)
   )`,
];

// `committed_by` lets the roll-up take each download exactly once: it moves on to the oldest transaction that is
// still open, below which every row is either visible or will never be.
const downloads = [
  `create table download (
     at timestamptz(3) not null,
     id uuid not null,
     prompt_id uuid not null,
     version_id uuid not null,
     visitor bytea not null,
     committed_by xid8 not null default pg_current_xact_id(),
     primary key (at, id)
   )`,
  `create index download_committed_by_index on download (committed_by)`,
  `create table download_day (
     scope_id uuid not null,
     day date not null,
     downloads bigint not null,
     visitors bigint not null,
     primary key (scope_id, day)
   )`,
  `create table download_visitor (
     scope_id uuid not null,
     day date not null,
     visitor bytea not null,
     primary key (scope_id, day, visitor)
   )`,
  `create table download_rollup (
     id boolean not null primary key default true check (id),
     next_transaction xid8 not null
   )`,
  `insert into download_rollup (next_transaction) values ('0')`,
];

const settings = [`create table setting (name text not null primary key, value text not null)`];
