import { toRfc3339 } from '../../database/timestamps.js';
import { allUsers, type Grant } from './grant.js';
import type { GrantList } from './grants.dto.js';

/** The grants on a prompt as `/v1` shows them. */
export function toGrantList(grants: readonly Grant[]): GrantList {
  const items = grants.map(({ id, principalType, principalId, name, permission, createdAt }) => ({
    id,
    principal_type: principalType,
    principal: principalId ?? allUsers,
    name,
    permission,
    created_at: toRfc3339(createdAt),
  }));
  return { items };
}
