import { Migration } from '@mikro-orm/migrations';

/**
 * The tables that search reads: one row per prompt that is not deleted, with its folded text. Triggers on `prompt`
 * maintain them, so that code which writes a prompt or counts a download need not. prompt-search.repository.ts
 * describes the strategy.
 */
export class PromptSearch0002 extends Migration {
  override async up(): Promise<void> {
    this.addSql('create extension if not exists btree_gin');
    const [server] = await this.execute("select 1 from pg_collation where collname = 'pg_c_utf8'");
    for (const statement of [
      foldFunction(server !== undefined),
      ...functions,
      table,
      ...triggers,
      backfill,
      ...indexes,
    ])
      this.addSql(statement);
  }
}

/**
 * Folding maps each character to one character, independent of its neighbours and of the database's locale. Only then
 * does a folded word occur in a folded text wherever the word occurs in the text. PostgreSQL has such a collation since
 * version 17. ICU's differs from it in two characters: it maps one to two characters, and the other depends on the next
 * character.
 */
function foldFunction(hasSimpleCollation: boolean): string {
  const folded = hasSimpleCollation
    ? `lower(value collate "pg_c_utf8")`
    : `lower(translate(value, U&'\\0130\\03A3', U&'i\\03C3') collate "und-x-icu")`;
  return `create function search_fold(value text) returns text language sql immutable strict parallel safe
     return ${folded}`;
}

const functions = [
  // Neither strict nor distinct, because PostgreSQL then inlines the function, which makes it three times as fast.
  `create function search_trigrams(value text) returns setof text language sql immutable parallel safe
     begin atomic
       select substr(word, at, 3)
       from string_to_table(translate(value, E'\\n\\r\\t\\f\\x0B', '     '), ' ') word
       cross join generate_series(1, char_length(word) - 2) at;
     end`,
  // The keys under which the GIN index lists a prompt; search-keys.ts explains them. The function is declared as
  // expensive, so that plans use the index instead of computing the keys for each row.
  `create function search_keys(
     id uuid, visibility text, owner_id uuid, created_by uuid, name text, document text, tags text[]
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
         union all select '~' || right(id::text, 2)
       );
     end`,
  // Increases with (download_count, created_at): exactly for 0 and 1, in steps at 2, 4, 8 and 16, and in four steps per
  // doubling above. So the number of writes to a prompt's row grows with the logarithm of its downloads.
  `create function search_popularity(download_count bigint, created_at timestamptz) returns bigint
     language sql stable strict parallel safe
     begin atomic
       select step << 44 | floor(extract(epoch from created_at) * 1000)::bigint
       from (select length(ltrim(greatest(download_count, 0)::bit(64)::text, '0'))) as count (bits)
       cross join lateral (
         select case when bits < 5 then bits::bigint else bits * 4 - 19 + (download_count >> (bits - 3)) end
       ) as popularity (step);
     end`,
];

const table = `create table prompt_search (
  id uuid not null primary key references prompt (id) on delete cascade,
  visibility text not null collate "C",
  owner_id uuid not null,
  created_by uuid not null,
  name text not null collate "C",
  document text not null collate "C",
  tags text[] not null collate "C",
  popularity bigint not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
)`;

// A word contains no white space, so line breaks between the parts of a document prevent matches across parts.
const row = `p.id, p.visibility, p.owner_id, p.created_by, search_fold(p.name),
  search_fold(concat_ws(E'\\n', p.name, p.description, array_to_string(p.tags, E'\\n'))),
  array(select search_fold(tag) from unnest(p.tags) tag),
  search_popularity(p.download_count, p.created_at), p.created_at, p.updated_at`;

const triggers = [
  `create function refresh_prompt_search() returns trigger language plpgsql as $$
     begin
       delete from prompt_search where id = new.id;
       insert into prompt_search select ${row} from prompt p where p.id = new.id and p.deleted_at is null;
       return null;
     end $$`,
  `create trigger prompt_search_insert after insert on prompt for each row execute function refresh_prompt_search()`,
  `create trigger prompt_search_update after update of
     name, description, tags, visibility, owner_id, created_by, created_at, updated_at, deleted_at on prompt
     for each row execute function refresh_prompt_search()`,
  `create trigger prompt_search_count after update of download_count on prompt
     for each row when (search_popularity(old.download_count, old.created_at)
       is distinct from search_popularity(new.download_count, new.created_at))
     execute function refresh_prompt_search()`,
];

const backfill = `insert into prompt_search select ${row} from prompt p where p.deleted_at is null`;

// Each kind of visibility scope (visibility-scope.ts) in each order; `prompt` itself has the order by downloads, because it
// has the exact count. The scope of prompts that a user created contains only private ones.
const scopes = [
  { name: '', columns: 'visibility', only: '' },
  { name: 'owner_', columns: 'visibility, owner_id', only: '' },
  { name: 'creator_', columns: 'owner_id, created_by', only: `visibility = 'private'` },
];
const orders = { newest: 'created_at desc, id desc', updated: 'updated_at desc, id desc', name: 'name, id' };

const indexes = [
  ...scopes.flatMap(({ name, columns, only }) => [
    `create index prompt_${name}downloads_index on prompt (${columns}, download_count desc, created_at desc, id desc)
       where ${['deleted_at is null', only].filter(Boolean).join(' and ')}`,
    ...Object.entries(orders).map(
      ([order, by]) => `create index prompt_search_${name}${order}_index on prompt_search (${columns}, ${by})
        ${only && `where ${only}`}`,
    ),
  ]),
  `create index prompt_search_keys_index on prompt_search using gin (
     search_keys(id, visibility, owner_id, created_by, name, document, tags) collate "C",
     popularity, created_at, updated_at, name
   ) with (gin_pending_list_limit = 512)`,
  // Statistics of these columns are expensive to gather, and search avoids plans that depend on the words.
  `alter index prompt_search_keys_index alter column 1 set statistics 0`,
];
