import { Parameters } from './parameters.js';
import { alternativeKeysOf, keysOf, sampleKey } from './search-keys.js';
import type { SearchOrder } from './search-orders.queries.js';
import { type Group, groups, type SearchQuery } from './search-query.js';
import { scopeCondition, type VisibilityScope, visibleIn } from './visibility-scope.queries.js';

/** One search: what for, where, in which order; `isGrouped` when relevance comes before the order. */
export interface Search {
  readonly query: SearchQuery;
  readonly scopes: readonly VisibilityScope[];
  readonly order: SearchOrder;
  readonly isGrouped: boolean;
}

export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A page of all prompts in the scopes. */
// By hand: put together from the scopes that the caller may read; each walks an index in the order.
export function listStatement({ scopes, order }: Search, limit: number, offset: number): Sql {
  const parameters = new Parameters();
  const merged = mergedScopes(scopes, order, parameters, parameters.add(limit + offset));
  return {
    text: `${merged} limit ${parameters.add(limit)} offset ${parameters.add(offset)}`,
    values: parameters.values,
  };
}

/** The hits among the first `rows` prompts, in order, each with the index of its group; at most `limit`. */
// By hand: put together from scopes, words and order; it walks an index no further than some hundred rows.
export function walkStatement(search: Search, rows: number, limit: number): Sql {
  const { query, scopes, order } = search;
  const parameters = new Parameters();
  const maxRows = parameters.add(rows);
  const text = `
    select id, "group" from (${mergedScopes(scopes, order, parameters, maxRows)} limit ${maxRows}) w
    cross join lateral (
      select ${groupOf(search, parameters)} as "group", ${matches(query, parameters)} as is_hit
      from prompt_search s where s.id = w.id offset 0
    ) s
    where is_hit order by ${order.by} limit ${parameters.add(limit)}`;
  return { text, values: parameters.values };
}

/** The first `limit` hits in the group or a better one, and whether at most `most` prompts had to be looked at for it. */
// By hand: asks the index over expressions, and no more rows of it than a limit.
export function probeStatement(search: Search, group: Group, limit: number, maxRows: number): Sql {
  const parameters = new Parameters();
  const text = `
    with ${candidatesWith(search, group, parameters, `limit ${parameters.add(maxRows + 1)}`)}
    select (select count(*) from candidate) <= ${parameters.add(maxRows)} as complete, array(
      ${bestCandidates(search, `"group" <= ${groups.indexOf(group)}`, parameters, limit)}) as ids`;
  return { text, values: parameters.values };
}

/** The position in the order of the hit with that rank in the sample of the group's hits; no row if it has fewer. */
// By hand: asks the index over expressions for one sample of the hits.
export function sampleStatement(search: Search, group: Group, rank: number): Sql {
  const parameters = new Parameters();
  const { direction } = search.order;
  const text = `
    with ${candidatesWith(search, group, parameters, `and ${searchKeysExpression} @> ${parameters.add([sampleKey], 'text[]')}`)}
    select rough::text as bound from candidate where is_hit and "group" = ${groups.indexOf(group)}
    order by rough ${direction} offset ${parameters.add(rank - 1)} limit 1`;
  return { text, values: parameters.values };
}

/** The first `limit` of the group's hits down to the bound; of all its hits if that is undefined. */
// By hand: asks the index over expressions, down to a bound.
export function rangeStatement(search: Search, group: Group, bound: string | undefined, limit: number): Sql {
  const parameters = new Parameters();
  const { order } = search;
  const comparison = order.direction === 'desc' ? '>=' : '<=';
  const isWithin = bound === undefined ? '' : `and ${order.bound} ${comparison} ${parameters.add(bound)}`;
  const text = `
    with ${candidatesWith(search, group, parameters, isWithin)}
    ${bestCandidates(search, `"group" = ${groups.indexOf(group)}`, parameters, limit)}`;
  return { text, values: parameters.values };
}

// The indexed expression, which a statement has to repeat.
const searchKeysExpression = `search_keys(id, visibility, owner_id, created_by, name, document, tags, readers) collate "C"`;

/**
 * All scopes merged in the order, for a limit of at most `rows`: no index is read further than the merged rows need.
 * Rows of a prompt that is in several scopes are adjacent, so that duplicates cost one row each.
 */
function mergedScopes(
  scopes: readonly VisibilityScope[],
  order: SearchOrder,
  parameters: Parameters,
  rows: string,
): string {
  const parts = scopes.map((scope) => {
    const table = scope.reader ? 'prompt_reader' : order.table;
    const notDeleted = table === 'prompt' ? 'and p.deleted_at is null' : '';
    return `(select id, ${order.columns} from ${table} p
      where ${scopeCondition(scope, parameters)} ${notDeleted} order by ${order.by} limit ${rows})`;
  });
  const distinct = scopes.some(({ reader }) => reader) ? `distinct on (${order.columns}, id)` : '';
  return `select ${distinct} * from (${parts.join(' union all ')}) scopes order by ${order.by}`;
}

/**
 * The rows that the search index lists under all keys of the query, as `candidate`: the columns that are needed to
 * recognize and sort hits. Materialized, and with keys without statistics, so that every query gets the same plan.
 */
function candidatesWith(search: Search, group: Group, parameters: Parameters, rest: string): string {
  const { query, scopes, order } = search;
  const alternatives = alternativeKeysOf(query, scopes).map(
    (keys) => `${searchKeysExpression} && ${parameters.add(keys, 'text[]')}`,
  );
  const conditions = [`${searchKeysExpression} @> ${parameters.add(keysOf(query, group), 'text[]')}`, ...alternatives];
  return `candidate as materialized (
    select id, created_at, ${order.approximate} as rough,
      ${groupOf(search, parameters)} as "group", ${matches(query, parameters)} as is_hit
    from (select * from prompt_search where ${conditions.join(' and ')} ${rest}) s)`;
}

/** The ids of the first candidates: roughly sorted at first, so that few rows need what else the order asks for. */
function bestCandidates({ order }: Search, condition: string, parameters: Parameters, limit: number): string {
  const rows = parameters.add(limit);
  return `
    select id from (
      select * from candidate where is_hit and ${condition}
      order by "group", rough ${order.direction} fetch first ${rows} rows with ties
    ) best order by "group", ${order.byApproximate} limit ${rows}`;
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

// By hand: put together from the scopes that the caller may read.
export function foundPrompts(ids: readonly string[], scopes: readonly VisibilityScope[]): Sql {
  const parameters = new Parameters();
  const text = `
    select p.id, p.name, p.description, p.owner_id as "ownerId", o.slug as "ownerSlug", p.visibility, p.tags,
      p.download_count as "downloadCount", p.created_at as "createdAt", p.updated_at as "updatedAt"
    from unnest(${parameters.add(ids, 'uuid[]')}) with ordinality page (id, place)
    join prompt p on p.id = page.id join owner o on o.id = p.owner_id
    where ${visibleIn(scopes, parameters)} order by page.place`;
  return { text, values: parameters.values };
}
