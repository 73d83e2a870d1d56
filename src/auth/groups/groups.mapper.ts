import type { Group } from './groups.dto.js';
import type { GroupRecord } from './group.repository.js';

/** A group as `/v1` shows it. */
export function toGroup(group: GroupRecord): Group {
  return {
    id: group.id,
    slug: group.slug,
    name: group.name,
    description: group.description,
    member_count: group.memberCount,
    created_at: new Date(group.createdAt).toISOString(),
  };
}
