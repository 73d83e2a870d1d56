import { Parameters } from '../../prompts/search/parameters.js';
import { type Shelf, standsOn } from '../../prompts/search/visible-to.js';

/** Which of the prompts that may be read are meant; all, where nothing is said. */
export interface LiveFilter {
  /** Occurs in the title, the name, the live text, or the name or email of who made the prompt; in any case. */
  readonly text?: string | undefined;
  /** A whole tag, in any case. */
  readonly tag?: string | undefined;
  /** Of this user only... */
  readonly madeBy?: string | undefined;
  /** ...or of everybody else. */
  readonly notMadeBy?: string | undefined;
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

/** The owner's prompts that stand on its shelves. */
export interface LivePrompts {
  readonly ownerId: string;
  readonly shelves: readonly Shelf[];
  readonly filter: LiveFilter;
}

/** How many there are, and the ids of a stretch of them in order, as 16 bytes each. */
export function stretch(prompts: LivePrompts, { by, direction }: LiveOrder, limit: number | null, offset: number): Sql {
  const parameters = new Parameters();
  const order = `${by} ${direction}, id ${direction}`;
  const text = `
    with ${found(prompts, parameters)}
    select (select count(*)::int from found) as total, (
      select coalesce(string_agg(uuid_send(id), '' order by ${order}), '') from (
        select * from found order by ${order} limit ${parameters.add(limit)} offset ${parameters.add(offset)}
      ) stretch
    ) as ids`;
  return { text, values: parameters.values };
}

/** Every tag of theirs, by code point. */
export function tags(prompts: LivePrompts): Sql {
  const parameters = new Parameters();
  const text = `
    select distinct tag collate "C" as tag from ${readable(prompts, parameters)} cross join unnest(p.tags) tag
    where ${conditions(prompts.filter, parameters)} order by 1`;
  return { text, values: parameters.values };
}

/**
 * Those who read everything and look for nothing walk an index in the order, and another one counts. Everybody else's
 * are gathered once, to be counted and sorted.
 */
function found(prompts: LivePrompts, parameters: Parameters): string {
  const { text, tag } = prompts.filter;
  const isWalked = readsAll(prompts) && text === undefined && tag === undefined;
  return `found as ${isWalked ? 'not materialized' : 'materialized'} (
    select p.id, p.title, p.created_at, p.updated_at from ${readable(prompts, parameters)}
    where ${conditions(prompts.filter, parameters)})`;
}

/** The rows `p` of the list that may be read. */
function readable(prompts: LivePrompts, parameters: Parameters): string {
  const { ownerId, shelves } = prompts;
  const ofOwner = `p.owner_id = ${parameters.add(ownerId)}`;
  if (readsAll(prompts)) return `(select * from live_prompt p where ${ofOwner}) p`;
  const ids = shelves.map((shelf) => {
    const table = shelf.reader ? 'prompt_reader' : 'prompt_search';
    return `select id from ${table} p where ${standsOn(shelf, parameters)}`;
  });
  return `(${ids.join(' union ')}) readable join live_prompt p on p.id = readable.id and ${ofOwner}`;
}

/** Whether the owner's public and private prompts stand on the shelves, which are all there are. */
function readsAll({ shelves }: LivePrompts): boolean {
  const isWhole = ({ createdBy, promptId, reader }: Shelf) => !(createdBy ?? promptId ?? reader);
  const whole = new Set(shelves.filter(isWhole).map(({ visibility }) => visibility));
  return whole.has('public') && whole.has('private');
}

function conditions({ text, tag, madeBy, notMadeBy, isActive }: LiveFilter, parameters: Parameters): string {
  const all: string[] = [];
  if (isActive) all.push('p.is_active');
  if (madeBy !== undefined) all.push(`p.created_by = ${parameters.add(madeBy)}`);
  if (notMadeBy !== undefined) all.push(`p.created_by <> ${parameters.add(notMadeBy)}`);
  if (tag !== undefined) all.push(`${folded(tag, parameters)} = any (p.folded_tags)`);
  if (text !== undefined) all.push(`(${holds(folded(text, parameters))})`);
  return all.join(' and ') || 'true';
}

/** The text last, which takes the longest; `strpos` knows no wildcards. */
function holds(text: string): string {
  return `strpos(p.title, ${text}) > 0 or strpos(p.name, ${text}) > 0
    or p.created_by in (
      select a.id from account a join owner o on o.id = a.id
      where strpos(search_fold(a.name), ${text}) > 0 or strpos(o.slug, ${text}) > 0
        or strpos(search_fold(a.email), ${text}) > 0
    ) or (select strpos(t.content, ${text}) > 0 from live_text t where t.id = p.id)`;
}

/** As a sub-select, which is worked out once and not for every row. */
function folded(given: string, parameters: Parameters): string {
  return `(select search_fold(${parameters.add(given, 'text')}))`;
}
