import { Migration } from '@mikro-orm/migrations';

/**
 * The tables that lists of live prompts read: per prompt that has a revision and is not deleted, one row with the
 * columns for filters and sorting and one row with the live text, folded as for search. Triggers keep them up to date,
 * so no other code does.
 */
export class LivePromptList0008 extends Migration {
  override up(): void {
    for (const statement of [shown, ...tables, ...functions, ...triggers, ...backfill, ...indexes])
      this.addSql(statement);
  }
}

// In braces, as convert-syntax.ts of packages/template converts it, because users search for what they see.
const shown = `create function shown_in_braces(content text, syntax text) returns text
  language sql immutable strict parallel safe
  return case when syntax = 'braces' or strpos(content, '\${') = 0 then content else regexp_replace(content collate "C",
    '\\$\\{(?!(?:__proto__|constructor|prototype)\\})([A-Za-z_][A-Za-z0-9_.-]{0,63})\\}', '{{\\1}}', 'g') end`;

// A query may be a single letter and must occur in the whole text, so a search scans the text of every prompt that the
// caller may read. Texts up to 8 kB are therefore stored uncompressed in the row: 10 000 texts of 4 kB are read in 50
// ms, a third of the time for compressed ones or ones stored elsewhere. They have a table of their own, so that lists
// without a text search do not read them. A trigram index would find rare words in a tenth of the time, but it made
// every save of 4 kB a millisecond slower, one in a hundred 6 ms and some 190 ms.
const tables = [
  `create table live_prompt (
     id uuid not null primary key references prompt (id) on delete cascade,
     owner_id uuid not null,
     created_by uuid not null,
     is_active boolean not null,
     title text not null collate "C",
     name text not null collate "C",
     tags text[] not null collate "C",
     folded_tags text[] not null collate "C",
     created_at timestamptz(3) not null,
     updated_at timestamptz(3) not null,
     revision int not null
   )`,
  `create table live_text (
     id uuid not null primary key references live_prompt (id) on delete cascade,
     content text collate "C" not null
   ) with (toast_tuple_target = 8160)`,
  // PostgreSQL 15 accepts this option only for an existing table.
  'alter table live_text alter column content set storage external',
];

const columns = `p.owner_id, p.created_by, p.is_active, search_fold(coalesce(p.title, p.name)),
  search_fold(p.name), p.tags, array(select search_fold(tag) from unnest(p.tags) tag), p.created_at, p.updated_at`;
const text = 'search_fold(shown_in_braces(r.content, r.syntax))';
const from = `prompt p left join label l on l.prompt_id = p.id and l.name = 'production'
  join revision r on r.prompt_id = p.id and r.number = coalesce(l.revision, p.revision_count)`;

// A session keeps plans that were made while the tables were empty, or had been when they were last analysed. A
// sequential scan that was free then would read all prompts for each one that is written.
const byIndex = 'set enable_seqscan = off';

const functions = [
  // The text is written only if another revision became live.
  `create function refresh_live_prompt(prompt_id uuid) returns void language plpgsql ${byIndex} as $$
     begin
       update live_prompt set (owner_id, created_by, is_active, title, name, tags, folded_tags, created_at, updated_at)
         = (select ${columns} from prompt p where p.id = live_prompt.id)
         where id = refresh_live_prompt.prompt_id and revision
           = (select r.number from ${from} where p.id = refresh_live_prompt.prompt_id and p.deleted_at is null);
       if found then return; end if;
       delete from live_prompt where id = refresh_live_prompt.prompt_id;
       insert into live_prompt select p.id, ${columns}, r.number from ${from}
         where p.id = refresh_live_prompt.prompt_id and p.deleted_at is null;
       if not found then return; end if;
       insert into live_text select p.id, ${text} from ${from} where p.id = refresh_live_prompt.prompt_id;
     end $$`,
  `create function live_prompt_changed() returns trigger language plpgsql as $$
     begin
       perform refresh_live_prompt(new.id);
       return null;
     end $$`,
  `create function live_label_changed() returns trigger language plpgsql as $$
     begin
       perform refresh_live_prompt(coalesce(new.prompt_id, old.prompt_id));
       return null;
     end $$`,
  // A new revision is live at once only if the count was raised before the revision was inserted.
  `create function live_revision_made() returns trigger language plpgsql ${byIndex} as $$
     begin
       if not exists (select from live_prompt where id = new.prompt_id) then
         perform refresh_live_prompt(new.prompt_id);
       end if;
       return null;
     end $$`,
];

const triggers = [
  `create trigger live_prompt_insert after insert on prompt
     for each row when (new.revision_count > 0) execute function live_prompt_changed()`,
  `create trigger live_prompt_update after update of
     name, title, tags, owner_id, created_by, is_active, created_at, updated_at, deleted_at, revision_count on prompt
     for each row when (new.revision_count > 0) execute function live_prompt_changed()`,
  `create trigger live_label_insert after insert on label
     for each row when (new.name = 'production') execute function live_label_changed()`,
  `create trigger live_label_update after update of revision on label
     for each row when (new.name = 'production') execute function live_label_changed()`,
  `create trigger live_label_delete after delete on label
     for each row when (old.name = 'production') execute function live_label_changed()`,
  `create trigger live_revision_insert after insert on revision
     for each row execute function live_revision_made()`,
];

const backfill = [
  `insert into live_prompt select p.id, ${columns}, r.number from ${from} where p.deleted_at is null`,
  `insert into live_text select p.id, ${text} from ${from} where p.deleted_at is null`,
];

const indexes = [
  `create index live_prompt_updated_index on live_prompt (owner_id, updated_at desc, id desc)`,
  `create index live_prompt_created_index on live_prompt (owner_id, created_at desc, id desc)`,
  `create index live_prompt_title_index on live_prompt (owner_id, title, id)`,
  `create index live_prompt_creator_index on live_prompt (owner_id, created_by)`,
];
