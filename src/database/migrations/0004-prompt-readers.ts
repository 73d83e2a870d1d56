import { Migration } from '@mikro-orm/migrations';

/**
 * What search reads of grants. A grant on a private prompt makes its principal a reader: `read/` or `write/`, then the
 * principal's id or `*`; a principal with both is a `read/` only. `prompt_search.readers` contains a prompt's readers,
 * which become keys of the search index. `prompt_reader` lists the prompts of each reader in every order of search.
 */
export class PromptReaders0004 extends Migration {
  override up(): void {
    for (const statement of [...keys, ...scopes, ...refreshed]) this.addSql(statement);
  }
}

const keys = [
  `create function search_readers(prompt_id uuid) returns text[] language sql stable strict parallel safe
     begin atomic
       select array(
         select min(g.permission) || '/' || coalesce(g.principal_id::text, '*')
         from prompt_grant g where g.prompt_id = search_readers.prompt_id group by g.principal_id order by 1
       );
     end`,
  `alter table prompt_search add column readers text[] not null default '{}' collate "C"`,
  `update prompt_search set readers = search_readers(id) where visibility = 'private'`,
  `drop index prompt_search_keys_index`,
  `drop function search_keys`,
  // As before, and with readers as visibility scopes.
  `create function search_keys(
     id uuid, visibility text, owner_id uuid, created_by uuid, name text, document text, tags text[], readers text[]
   ) returns text[] language sql immutable strict parallel safe cost 100000
     begin atomic
       select array(
         select '3' || trigram from search_trigrams(document) trigram
         union all select 'n' || trigram from search_trigrams(name) trigram
         union all select '^' || left(name, length) from generate_series(1, least(16, char_length(name))) length
         union all select '=' || left(name, 64)
         union all select '#' || left(tag, 64) from unnest(tags) tag
         union all select '/' || visibility
         union all select '/' || visibility || '/' || owner_id
         union all select '/' || visibility || '/' || owner_id || '/' || created_by
         union all select '/' || visibility || '//' || id
         union all select '/' || reader from unnest(readers) reader
         union all select '/' || reader || '/' || owner_id from unnest(readers) reader
         union all select '~' || right(id::text, 2)
       );
     end`,
  `create index prompt_search_keys_index on prompt_search using gin (
     search_keys(id, visibility, owner_id, created_by, name, document, tags, readers) collate "C",
     popularity, created_at, updated_at, name
   ) with (gin_pending_list_limit = 512)`,
  `alter index prompt_search_keys_index alter column 1 set statistics 0`,
];

const orders = {
  downloads: 'download_count desc, created_at desc, id desc',
  newest: 'created_at desc, id desc',
  updated: 'updated_at desc, id desc',
  name: 'name, id',
};

const scopes = [
  `create table prompt_reader (
     id uuid not null references prompt_search (id) on delete cascade,
     reader text not null collate "C",
     owner_id uuid not null,
     name text not null collate "C",
     download_count bigint not null,
     created_at timestamptz(3) not null,
     updated_at timestamptz(3) not null,
     primary key (id, reader)
   )`,
  `insert into prompt_reader
     select s.id, reader, s.owner_id, s.name, p.download_count, s.created_at, s.updated_at
     from prompt_search s join prompt p using (id) cross join unnest(s.readers) reader`,
  ...Object.entries(orders).flatMap(([order, by]) => [
    `create index prompt_reader_${order}_index on prompt_reader (reader, ${by})`,
    `create index prompt_reader_owner_${order}_index on prompt_reader (reader, owner_id, ${by})`,
  ]),
];

// Like the row of `prompt_search` itself, except that grants have no trigger: code that sets grants locks the prompt's
// row and refreshes it afterwards. Deleting a group deletes its grants without a lock on prompts. Its reader remains
// until the prompt is written the next time; it gives access to no user, because the group has no members any more.
const refreshed = [
  `create or replace function refresh_prompt_search() returns trigger language plpgsql as $$
     begin
       delete from prompt_search where id = new.id;
       insert into prompt_search (
         id, visibility, owner_id, created_by, name, document, tags, popularity, created_at, updated_at, readers
       )
       select p.id, p.visibility, p.owner_id, p.created_by, search_fold(p.name),
         search_fold(concat_ws(E'\\n', p.name, p.description, array_to_string(p.tags, E'\\n'))),
         array(select search_fold(tag) from unnest(p.tags) tag),
         search_popularity(p.download_count, p.created_at), p.created_at, p.updated_at,
         case when p.visibility = 'private' then search_readers(p.id) else '{}' end
       from prompt p where p.id = new.id and p.deleted_at is null;
       return null;
     end $$`,
  `create function refresh_prompt_readers(prompt_ids uuid[]) returns void language sql
     begin atomic
       update prompt_search s set readers = search_readers(s.id)
       where s.id = any (prompt_ids) and s.visibility = 'private' and s.readers <> search_readers(s.id);
     end`,
  `create function shelve_prompt_readers() returns trigger language plpgsql as $$
     begin
       delete from prompt_reader where id = new.id;
       insert into prompt_reader
         select new.id, reader, new.owner_id, new.name, p.download_count, new.created_at, new.updated_at
         from prompt p cross join unnest(new.readers) reader where p.id = new.id;
       return null;
     end $$`,
  `create trigger prompt_reader_insert after insert on prompt_search
     for each row when (new.readers <> '{}') execute function shelve_prompt_readers()`,
  `create trigger prompt_reader_update after update of readers on prompt_search
     for each row execute function shelve_prompt_readers()`,
  `create function count_prompt_readers() returns trigger language plpgsql as $$
     begin
       update prompt_reader set download_count = new.download_count where id = new.id;
       return null;
     end $$`,
  `create trigger prompt_reader_count after update of download_count on prompt
     for each row when (new.visibility = 'private' and old.download_count <> new.download_count)
     execute function count_prompt_readers()`,
];
