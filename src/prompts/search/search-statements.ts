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
  return {
    text: `${walked} limit ${parameters.add(limit)} offset ${parameters.add(offset)}`,
    values: parameters.values,
  };
}

/** The hits among the first `rows` prompts, in order, each with the index of its group; at most `limit`. */
export function walk(search: Search, rows: number, limit: number): Sql {
  const { query, shelves, order } = search;
  const parameters = new Parameters();
  const most = parameters.add(rows);
  const text = `
    select id, "group" from (${merged(shelves, order, parameters, most)} limit ${most}) w
    cross join lateral (
      select ${groupOf(search, parameters)} as "group", ${matches(query, parameters)} as is_hit
      from prompt_search s where s.id = w.id offset 0
    ) s
    where is_hit order by ${order.by} limit ${parameters.add(limit)}`;
  return { text, values: parameters.values };
}

/** The first `limit` hits in the group or a better one, and whether at most `most` prompts had to be looked at for it. */
export function probe(search: Search, group: Group, limit: number, most: number): Sql {
  const parameters = new Parameters();
  const text = `
    with ${candidates(search, group, parameters, `limit ${parameters.add(most + 1)}`)}
    select (select count(*) from candidate) <= ${parameters.add(most)} as complete, array(
      ${best(search, `"group" <= ${groups.indexOf(group)}`, parameters, limit)}) as ids`;
  return { text, values: parameters.values };
}

/** How far down the order the hit of that rank stands in the sample of the group's hits; no row if it has fewer. */
export function sample(search: Search, group: Group, rank: number): Sql {
  const parameters = new Parameters();
  const { direction } = search.order;
  const text = `
    with ${candidates(search, group, parameters, `and ${KEYS} @> ${parameters.add([SAMPLE_KEY], 'text[]')}`)}
    select rough::text as bound from candidate where is_hit and "group" = ${groups.indexOf(group)}
    order by rough ${direction} offset ${parameters.add(rank - 1)} limit 1`;
  return { text, values: parameters.values };
}

/** The first `limit` of the group's hits down to the bound; of all its hits if that is undefined. */
export function downTo(search: Search, group: Group, bound: string | undefined, limit: number): Sql {
  const parameters = new Parameters();
  const { order } = search;
  const comparison = order.direction === 'desc' ? '>=' : '<=';
  const isWithin = bound === undefined ? '' : `and ${order.bound} ${comparison} ${parameters.add(bound)}`;
  const text = `
    with ${candidates(search, group, parameters, isWithin)}
    ${best(search, `"group" = ${groups.indexOf(group)}`, parameters, limit)}`;
  return { text, values: parameters.values };
}

// The indexed expression, which a statement has to repeat.
const KEYS = `search_keys(id, visibility, owner_id, created_by, name, document, tags, readers) collate "C"`;

/**
 * All shelves merged in the order, for a limit of at most `rows`: no index is read further than the merged rows need.
 * What stands on several shelves is told by its rows being neighbours, so that it costs a row for each.
 */
function merged(shelves: readonly Shelf[], order: SearchOrder, parameters: Parameters, rows: string): string {
  const parts = shelves.map((shelf) => {
    const table = shelf.reader ? 'prompt_reader' : order.walked;
    const living = table === 'prompt' ? 'and p.deleted_at is null' : '';
    return `(select id, ${order.columns} from ${table} p
      where ${standsOn(shelf, parameters)} ${living} order by ${order.by} limit ${rows})`;
  });
  const distinct = shelves.some(({ reader }) => reader) ? `distinct on (${order.columns}, id)` : '';
  return `select ${distinct} * from (${parts.join(' union all ')}) shelves order by ${order.by}`;
}

/**
 * The rows that the search index lists under all keys of the query, as `candidate`: what is needed to tell hits and to
 * sort them. Materialized, and with keys that no statistics exist of, so that every query gets the same plan.
 */
function candidates(search: Search, group: Group, parameters: Parameters, rest: string): string {
  const { query, shelves, order } = search;
  const alternatives = alternativeKeysOf(query, shelves).map((keys) => `${KEYS} && ${parameters.add(keys, 'text[]')}`);
  const conditions = [`${KEYS} @> ${parameters.add(keysOf(query, group), 'text[]')}`, ...alternatives];
  return `candidate as materialized (
    select id, created_at, ${order.rough} as rough,
      ${groupOf(search, parameters)} as "group", ${matches(query, parameters)} as is_hit
    from (select * from prompt_search where ${conditions.join(' and ')} ${rest}) s)`;
}

/** The ids of the first candidates: roughly sorted at first, so that few rows need what else the order asks for. */
function best({ order }: Search, condition: string, parameters: Parameters, limit: number): string {
  const rows = parameters.add(limit);
  return `
    select id from (
      select * from candidate where is_hit and ${condition}
      order by "group", rough ${order.direction} fetch first ${rows} rows with ties
    ) best order by "group", ${order.byRough} limit ${rows}`;
}

/** Index of a hit's group; all are one group where relevance is not asked for. */
function groupOf({ query, isGrouped }: Search, parameters: Parameters): string {
  if (!isGrouped) return String(groups.indexOf('rest'));
  const q = parameters.add(query.text, 'text');
  return `case when s.name = ${q} then 0 when starts_with(s.name, ${q}) then 1
    when strpos(s.name, ${q}) > 0 then 2 else 3 end`;
}

function matches({ words, shortWords, tag }: SearchQuery, parameters: Parameters): string {
  const conditions: string[] = [];
  if (words.length > 0) conditions.push(`s.document like all (${parameters.add(words.map(containing), 'text[]')})`);
  if (shortWords.length > 0) {
    conditions.push(`(select bool_and(starts_with(s.name, word) or word = any (s.tags))
      from unnest(${parameters.add(shortWords, 'text[]')}) word)`);
  }
  if (tag !== null) conditions.push(`${parameters.add(tag, 'text')} = any (s.tags)`);
  return conditions.join(' and ');
}

const containing = (word: string): string => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
