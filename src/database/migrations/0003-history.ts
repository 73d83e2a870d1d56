import { Migration } from '@mikro-orm/migrations';

/** One prompt, one history: revisions, labels, releases, grants with their groups, and the audit ledger. */
export class History0003 extends Migration {
  override up(): void {
    const statements = [...revisions, ...labels, ...releases, ...grants, ...organizations, ...audit];
    for (const statement of statements) this.addSql(statement);
  }
}

// `json` keeps the author's order of keys, so that a download returns the same package.
const revisions = [
  `alter table prompt add column revision_count int not null default 0`,
  `create table revision (
     id uuid not null primary key,
     prompt_id uuid not null references prompt (id),
     number int not null check (number > 0),
     parent int null,
     digest text not null check (digest ~ '^[0-9a-f]{64}$'),
     name text not null,
     title text null,
     description text null,
     content text not null,
     syntax text not null check (syntax in ('braces', 'dollar')),
     variables json not null,
     declared_variables int not null,
     settings jsonb not null,
     data jsonb not null,
     meta jsonb not null,
     tags text[] not null,
     packaging json null,
     packaging_digest text null,
     grants jsonb not null,
     commit_message text not null,
     author_id uuid not null references account (id),
     created_at timestamptz(3) not null,
     constraint revision_prompt_number_key unique (prompt_id, number)
   )`,
  `create index revision_created_index on revision (prompt_id, created_at, number)`,
];

// `integer` is set for pointers of the second kind; it is their name.
const labels = [
  `create table label (
     prompt_id uuid not null references prompt (id),
     name text not null,
     "integer" int null check ("integer" > 0 and name = "integer"::text),
     revision int not null,
     created_at timestamptz(3) not null,
     created_by uuid not null references account (id),
     moved_at timestamptz(3) not null,
     moved_by uuid not null references account (id),
     primary key (prompt_id, name),
     constraint label_revision_fkey foreign key (prompt_id, revision) references revision (prompt_id, number)
   )`,
  `create index label_integer_index on label (prompt_id, "integer" desc) where "integer" is not null`,
  `create index label_revision_index on label (prompt_id, revision)`,
  `create table label_move (
     prompt_id uuid not null references prompt (id),
     label text not null,
     sequence bigint generated always as identity,
     from_revision int null,
     to_revision int null,
     moved_at timestamptz(3) not null,
     moved_by uuid not null references account (id),
     protocol text not null,
     primary key (prompt_id, label, sequence)
   )`,
  `create index label_move_time_index on label_move (prompt_id, label, moved_at desc, sequence desc)`,
  `create table label_protection (
     prompt_id uuid not null references prompt (id),
     label text not null,
     writers uuid[] not null,
     primary key (prompt_id, label)
   )`,
];

const releases = [
  `create table release (
     prompt_id uuid not null references prompt (id),
     version text not null,
     major int not null,
     minor int not null,
     patch int not null,
     revision int not null,
     yanked boolean not null default false,
     yank_reason text null,
     deprecated text null,
     deprecated_at timestamptz(3) null,
     primary key (prompt_id, version),
     constraint release_revision_fkey foreign key (prompt_id, revision) references revision (prompt_id, number)
   )`,
  `create index release_order_index on release (prompt_id, major desc, minor desc, patch desc)`,
  `create index release_revision_index on release (prompt_id, revision, major desc, minor desc, patch desc)`,
];

// A grant without a principal_id applies to every user who is signed in.
const grants = [
  `create table user_group (
     id uuid not null primary key,
     slug text not null check (slug = lower(slug)),
     name text not null,
     description text not null,
     created_by uuid not null references account (id),
     created_at timestamptz(3) not null default now(),
     constraint user_group_slug_key unique (slug)
   )`,
  `create table group_member (
     group_id uuid not null references user_group (id) on delete cascade,
     user_id uuid not null references account (id),
     primary key (group_id, user_id)
   )`,
  `create index group_member_user_index on group_member (user_id)`,
  `create table prompt_grant (
     id uuid not null primary key,
     prompt_id uuid not null references prompt (id),
     principal_type text not null check (principal_type in ('user', 'group')),
     principal_id uuid null check (principal_id is not null or principal_type = 'user'),
     permission text not null check (permission in ('read', 'write')),
     created_at timestamptz(3) not null,
     constraint prompt_grant_key unique nulls not distinct (prompt_id, principal_type, principal_id, permission)
   )`,
  `create index prompt_grant_principal_index on prompt_grant (principal_id, prompt_id)`,
];

// With this index an admin's list of organizations reads no rows of users.
const organizations = [`create index owner_organization_index on owner (slug) where kind = 'organization'`];

// No foreign key to `account`: its check would lock that row, and two admins who change each other would deadlock.
// Users are never deleted, so the key would never be violated.
const audit = [
  `create table audit_entry (
     id bigint generated always as identity primary key,
     at timestamptz(3) not null default now(),
     actor_id uuid null,
     key_id uuid null,
     protocol text not null,
     action text not null,
     subject_type text not null,
     subject text not null,
     prompt_id uuid null references prompt (id),
     details jsonb not null
   )`,
];
