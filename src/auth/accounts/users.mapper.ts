import { toRfc3339 } from '../../database/timestamps.js';
import type { UserRecord } from './account.repository.js';
import type { User } from './users.dto.js';

/** A user as `/v1` shows it. */
export function toUser({ id, username, email, role, createdAt }: UserRecord): User {
  return { id, username, email, role, created_at: toRfc3339(createdAt) };
}
