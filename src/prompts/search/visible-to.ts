import type { Parameters } from './parameters.js';

/**
 * Prompts that the same callers may read: all public or all private ones, those of one owner, those that one account
 * made there, or a single prompt. What a caller may read is a list of shelves that do not overlap. A shelf is walked in
 * any order by an index of its own and is a key of the search index, so what stands on other shelves costs nothing.
 */
export interface Shelf {
  readonly visibility: 'public' | 'private';
  readonly ownerId?: string;
  readonly createdBy?: string;
  readonly promptId?: string;
}

export const PUBLIC: Shelf = { visibility: 'public' };

/** SQL: whether the living prompt `p` stands on one of the shelves. The one place that says what may be read. */
export function visibleTo(shelves: readonly Shelf[], parameters: Parameters): string {
  const conditions = shelves.map((shelf) => `(${standsOn(shelf, parameters)})`);
  return `p.deleted_at is null and (${conditions.join(' or ') || 'false'})`;
}

/** SQL: whether the row `p` of `prompt` or `prompt_search` stands on the shelf. */
export function standsOn(shelf: Shelf, parameters: Parameters): string {
  const conditions = [`p.visibility = '${shelf.visibility}'`];
  if (shelf.ownerId) conditions.push(`p.owner_id = ${parameters.add(shelf.ownerId)}`);
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
