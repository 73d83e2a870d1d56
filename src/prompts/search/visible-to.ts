import type { Parameters } from './parameters.js';

/**
 * Prompts that the same callers may read: all public or all private ones, those of one owner, those that one account
 * made there, a single prompt, or those with one reader. What a caller may read is a list of shelves, of which only
 * those with a reader overlap with others. A shelf is walked in any order by an index of its own and is a key of the
 * search index, so what stands on other shelves costs nothing.
 */
export interface Shelf {
  readonly visibility: 'public' | 'private';
  readonly ownerId?: string;
  readonly createdBy?: string;
  readonly promptId?: string;
  /** What a grant makes of its principal, as the database names it: `read/` or `write/`, then an id or `*`. */
  readonly reader?: string;
}

export const PUBLIC: Shelf = { visibility: 'public' };

/** SQL: whether the living prompt `p` stands on one of the shelves. The one place that says what may be read. */
export function visibleTo(shelves: readonly Shelf[], parameters: Parameters): string {
  const conditions = shelves.map((shelf) => `(${onShelf(shelf, parameters)})`);
  return `p.deleted_at is null and (${conditions.join(' or ') || 'false'})`;
}

/** SQL: whether the row `p` of the shelf's table stands on it: `prompt_reader` if it has a reader, else `prompt` or `prompt_search`. */
export function standsOn(shelf: Shelf, parameters: Parameters): string {
  if (shelf.reader) return [`p.reader = ${parameters.add(shelf.reader)}`, ...ownedBy(shelf, parameters)].join(' and ');
  const conditions = [`p.visibility = '${shelf.visibility}'`, ...ownedBy(shelf, parameters)];
  if (shelf.createdBy) conditions.push(`p.created_by = ${parameters.add(shelf.createdBy)}`);
  if (shelf.promptId) conditions.push(`p.id = ${parameters.add(shelf.promptId)}`);
  return conditions.join(' and ');
}

/** The shelves with only what belongs to the owner. */
export function ofOwner(shelves: readonly Shelf[], ownerId: string): Shelf[] {
  return shelves
    .filter((shelf) => shelf.ownerId === undefined || shelf.ownerId === ownerId)
    .map((shelf) => ({ ...shelf, ownerId }));
}

function onShelf(shelf: Shelf, parameters: Parameters): string {
  if (!shelf.reader) return standsOn(shelf, parameters);
  const reader = parameters.add(shelf.reader, 'text');
  const isReader = `${reader} = any ((select readers from prompt_search where id = p.id)::text[])`;
  return [isReader, ...ownedBy(shelf, parameters)].join(' and ');
}

function ownedBy({ ownerId }: Shelf, parameters: Parameters): string[] {
  return ownerId ? [`p.owner_id = ${parameters.add(ownerId)}`] : [];
}
