import type { GrantSnapshot } from '../../history/revisions/revision.entity.js';

/** Whether both have the same members, regardless of order and duplicates. */
export function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  const [left, right] = [new Set(one), new Set(other)];
  return left.size === right.size && [...left].every((member) => right.has(member));
}

/** Whether both are the same grants, regardless of order and duplicates. */
export function isSameGrants(one: readonly GrantSnapshot[], other: readonly GrantSnapshot[]): boolean {
  return isSameSet(one.map(keyOf), other.map(keyOf));
}

function keyOf({ principal_type, principal_id, permission }: GrantSnapshot): string {
  return `${principal_type} ${principal_id} ${permission}`;
}
