import { Parameters } from './parameters.js';
import { alternativeKeysOf, keysOf, SAMPLE_KEY } from './search-keys.js';
import type { SearchOrder } from './search-orders.js';
import { type Group, groups, type SearchQuery } from './search-query.js';
import { type Shelf, standsOn } from './visible-to.js';

/** One search: what for, where, in which order; `isGrouped` when relevance comes before the order. */
export interface Search {
  readonly query: SearchQuery;
  readonly shelves: readonly Shelf[];
  readonly order: SearchOrder;
  readonly isGrouped: boolean;
}

export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A page of all that stands on the shelves. */
export function listing({ shelves, order }: Search, limit: number, offset: number): Sql {
  const parameters = new Parameters();
  const walked = merged(shelves, order, parameters, parameters.add(limit + offset));
  return { text: `${walked} offset ${parameters.add(offset)}`, values: parameters.values };
}

/** The hits among the first `rows` prompts, in order, each with its group; at most `limit` of them. */
export function walk({ query, shelves, order }: Search, rows: number, limit: number): Sql {
  const parameters = new Parameters();
  const text = `
    select w.id, ${groupOf(query, parameters)} as "group"
    from (${merged(shelves, order, parameters, String(rows))}) w
    cross join lateral (select name, document, tags from prompt_search where id = w.id offset 0) s
    where ${matches(query, parameters)}
    order by ${order.by('w')} limit ${parameters.add(limit)}`;
  return { text, values: parameters.values };
}

/** The first `limit` hits, and whether no more than `most` prompts had their keys: else the hits are not all. */
export function probe(search: Search, group: Group | undefined, limit: number, most: number): Sql {
  const parameters = new Parameters();
  const byGroup = search.isGrouped && !group ? '"group", ' : '';
  const text = `
    with ${candidates(search, group, parameters, `limit ${parameters.add(most + 1)}`)},
    hit as (${hits(search, group, parameters)})
    select (select count(*) from candidate) <= ${parameters.add(most)} as complete,
      array(select id from hit order by ${byGroup}${search.order.by('hit')} limit ${parameters.add(limit)}) as ids`;
  return { text, values: parameters.values };
}

/** Where the hit with that rank in the sample (1: the first) stands in the order; no row if the sample has fewer. */
export function sample(search: Search, group: Group | undefined, rank: number): Sql {
  const parameters = new Parameters();
  const inSample = `and ${KEYS} @> ${parameters.add([SAMPLE_KEY], 'text[]')}`;
  const text = `
    with ${candidates(search, group, parameters, inSample)},
    hit as (${hits(search, group, parameters)})
    select (${search.order.boundOf})::text as bound from hit
    order by ${search.order.by('hit')} offset ${parameters.add(rank - 1)} limit 1`;
  return { text, values: parameters.values };
}

/** The first `limit` of all hits down to the bound; of all hits if it is undefined. */
export function downTo(search: Search, group: Group | undefined, bound: string | undefined, limit: number): Sql {
  const parameters = new Parameters();
  const { order } = search;
  const isWithin = bound === undefined ? '' : `and ${order.bound} ${order.within} ${parameters.add(bound)}`;
  const text = `
    with ${candidates(search, group, parameters, isWithin)},
    hit as (${hits(search, group, parameters)})
    select id from hit order by ${order.by('hit')} limit ${parameters.add(limit)}`;
  return { text, values: parameters.values };
}

// The indexed expression, which a statement has to repeat.
const KEYS = `search_keys(id, visibility, owner_id, created_by, name, document, tags) collate "C"`;

/** The first rows of all shelves in the order: every shelf's index is read no further than it is needed. */
function merged(shelves: readonly Shelf[], order: SearchOrder, parameters: Parameters, rows: string): string {
  const living = order.walked === 'prompt' ? 'and p.deleted_at is null' : '';
  const parts = shelves.map(
    (shelf) => `(select p.id, ${order.columns} from ${order.walked} p
      where ${standsOn(shelf, parameters)} ${living} order by ${order.by('p')} limit ${rows})`,
  );
  return `select * from (${parts.join(' union all ')}) m order by ${order.by('m')} limit ${rows}`;
}

/** Rows that the search index lists under all keys of the query; a fence, so that no other index is tried. */
function candidates({ query, shelves }: Search, group: Group | undefined, parameters: Parameters, rest: string) {
  const alternatives = alternativeKeysOf(query, shelves).map((keys) => `${KEYS} && ${parameters.add(keys, 'text[]')}`);
  return `candidate as materialized (
    select id, name, document, tags, popularity, created_at, updated_at from prompt_search
    where ${[`${KEYS} @> ${parameters.add(keysOf(query, group), 'text[]')}`, ...alternatives].join(' and ')} ${rest})`;
}

function hits({ query, order }: Search, group: Group | undefined, parameters: Parameters): string {
  const count = order.walked === 'prompt' ? '(select download_count from prompt where id = s.id)' : 'null';
  const inGroup = group ? `where "group" = ${groups.indexOf(group)}` : '';
  return `select * from (
    select s.id, s.name, popularity, created_at, updated_at, ${count} as download_count,
      ${groupOf(query, parameters)} as "group"
    from candidate s where ${matches(query, parameters)}) g ${inGroup}`;
}

/** Index among the groups. */
function groupOf({ text }: SearchQuery, parameters: Parameters): string {
  const q = parameters.add(text, 'text');
  return `case when s.name = ${q} then 0 when starts_with(s.name, ${q}) then 1
    when strpos(s.name, ${q}) > 0 then 2 else 3 end`;
}

function matches({ words, shortWords, tag }: SearchQuery, parameters: Parameters): string {
  const conditions: string[] = ['true'];
  if (words.length > 0) conditions.push(`s.document like all (${parameters.add(words.map(containing), 'text[]')})`);
  if (shortWords.length > 0) {
    conditions.push(`(select bool_and(starts_with(s.name, word) or word = any (s.tags))
      from unnest(${parameters.add(shortWords, 'text[]')}) word)`);
  }
  if (tag !== null) conditions.push(`${parameters.add(tag, 'text')} = any (s.tags)`);
  return conditions.join(' and ');
}

const containing = (word: string): string => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
