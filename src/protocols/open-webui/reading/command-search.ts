import type { Principal } from '../../../auth/access/principal.js';
import type { LiveFilter, LiveOrder } from '../../../history/live/live-prompt-list.queries.js';
import type { CommandSearch } from './reading.dto.js';

export const pageSize = 30;

const columns: ReadonlyMap<string | undefined, LiveOrder['by']> = new Map([
  ['name', 'title'],
  ['created_at', 'created_at'],
  ['updated_at', 'updated_at'],
]);

export function toFilter({ query, tag, view_option }: CommandSearch, { userId }: Principal): LiveFilter {
  return {
    text: query,
    tag,
    createdBy: view_option === 'created' ? userId : undefined,
    notCreatedBy: view_option === 'shared' ? userId : undefined,
  };
}

/** The direction is ignored without a known order. */
export function toOrder({ order_by, direction }: CommandSearch): LiveOrder {
  const by = columns.get(order_by);
  return by ? { by, direction: direction === 'asc' ? 'asc' : 'desc' } : { by: 'updated_at', direction: 'desc' };
}
