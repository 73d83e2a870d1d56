import { Parameters } from '../../prompts/search/parameters.js';
import { type VisibilityScope, scopeCondition } from '../../prompts/search/visibility-scope.queries.js';

/** Filters the prompts that the caller may read. A missing field does not filter. */
export interface LiveFilter {
  /** Text in the title, the name, the live content, or the name or email of the creator, ignoring case. */
  readonly text?: string | undefined;
  /** A whole tag, ignoring case. */
  readonly tag?: string | undefined;
  /** Only prompts of this creator... */
  readonly createdBy?: string | undefined;
  /** ...or only prompts of other creators. */
  readonly notCreatedBy?: string | undefined;
  readonly isActive?: true | undefined;
}

export interface LiveOrder {
  readonly by: 'title' | 'created_at' | 'updated_at';
  readonly direction: 'asc' | 'desc';
}

export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The owner's prompts in the scopes. */
export interface LivePromptQuery {
  readonly ownerId: string;
  readonly scopes: readonly VisibilityScope[];
  readonly filter: LiveFilter;
}

/** The statement for the number of prompts, and the ids of a page in order, as 16 bytes each. */
// By hand: put together from filters and scopes; count and page come by one snapshot.
export function pageStatement(
  prompts: LivePromptQuery,
  { by, direction }: LiveOrder,
  limit: number | null,
  offset: number,
): Sql {
  const parameters = new Parameters();
  const order = `${by} ${direction}, id ${direction}`;
  const text = `
    with ${matchingPrompts(prompts, parameters)}
    select (select count(*)::int from found) as total, (
      select coalesce(string_agg(uuid_send(id), '' order by ${order}), '') from (
        select * from found order by ${order} limit ${parameters.add(limit)} offset ${parameters.add(offset)}
      ) stretch
    ) as ids`;
  return { text, values: parameters.values };
}

/** Every tag of theirs, by code point. */
// By hand: put together from filters and scopes.
export function tagsStatement(prompts: LivePromptQuery): Sql {
  const parameters = new Parameters();
  const text = `
    select distinct tag collate "C" as tag from ${readablePrompts(prompts, parameters)} cross join unnest(p.tags) tag
    where ${conditions(prompts.filter, parameters)} order by 1`;
  return { text, values: parameters.values };
}

/**
 * For callers who may read everything and do not search, one index is read in the order and another one counts. For all
 * others the prompts are materialized once, then counted and sorted.
 */
function matchingPrompts(prompts: LivePromptQuery, parameters: Parameters): string {
  const { text, tag } = prompts.filter;
  const isIndexWalk = canReadAll(prompts) && text === undefined && tag === undefined;
  return `found as ${isIndexWalk ? 'not materialized' : 'materialized'} (
    select p.id, p.title, p.created_at, p.updated_at from ${readablePrompts(prompts, parameters)}
    where ${conditions(prompts.filter, parameters)})`;
}

/** The rows `p` of the list that may be read. */
function readablePrompts(prompts: LivePromptQuery, parameters: Parameters): string {
  const { ownerId, scopes } = prompts;
  const ofOwner = `p.owner_id = ${parameters.add(ownerId)}`;
  if (canReadAll(prompts)) return `(select * from live_prompt p where ${ofOwner}) p`;
  const ids = scopes.map((scope) => {
    const table = scope.reader ? 'prompt_reader' : 'prompt_search';
    return `select id from ${table} p where ${scopeCondition(scope, parameters)}`;
  });
  return `(${ids.join(' union ')}) readable join live_prompt p on p.id = readable.id and ${ofOwner}`;
}

/** Whether the scopes contain all public and all private prompts of the owner. */
function canReadAll({ scopes }: LivePromptQuery): boolean {
  const isWhole = ({ createdBy, promptId, reader }: VisibilityScope) => !(createdBy ?? promptId ?? reader);
  const whole = new Set(scopes.filter(isWhole).map(({ visibility }) => visibility));
  return whole.has('public') && whole.has('private');
}

function conditions({ text, tag, createdBy, notCreatedBy, isActive }: LiveFilter, parameters: Parameters): string {
  const all: string[] = [];
  if (isActive) all.push('p.is_active');
  if (createdBy !== undefined) all.push(`p.created_by = ${parameters.add(createdBy)}`);
  if (notCreatedBy !== undefined) all.push(`p.created_by <> ${parameters.add(notCreatedBy)}`);
  if (tag !== undefined) all.push(`${folded(tag, parameters)} = any (p.folded_tags)`);
  if (text !== undefined) all.push(`(${textCondition(folded(text, parameters))})`);
  return all.join(' and ') || 'true';
}

/** The content comes last, because it takes the longest. `strpos` has no wildcards. */
function textCondition(text: string): string {
  return `strpos(p.title, ${text}) > 0 or strpos(p.name, ${text}) > 0
    or p.created_by in (
      select a.id from account a join owner o on o.id = a.id
      where strpos(search_fold(a.name), ${text}) > 0 or strpos(o.slug, ${text}) > 0
        or strpos(search_fold(a.email), ${text}) > 0
    ) or (select strpos(t.content, ${text}) > 0 from live_text t where t.id = p.id)`;
}

/** As a sub-select, which is evaluated once and not for every row. */
function folded(given: string, parameters: Parameters): string {
  return `(select search_fold(${parameters.add(given, 'text')}))`;
}
